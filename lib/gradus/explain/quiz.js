// The quiz: the adjoint of the current step is asked for, and answers are graded.

/// The value of a sum of products, as people type it: 2 * -3 + 1/2, 1.5e-3, (1 - 0.4^2). NaN for
/// anything else.
function evaluate(text) {
  const tokens = text.replace(/[−–]/g, '-').replace(/[×·]/g, '*').replace(/÷/g, '/').replace(/\*\*/g, '^')
    .match(/(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[-+*/^()]|\S/gi) ?? [];
  if (tokens.length > 200) return NaN;
  let at = 0;
  const accept = token => tokens[at] === token && ++at > 0;
  const atom = () => {
    if (accept('(')) {
      const value = sum();
      return accept(')') ? value : NaN;
    }
    return /^[\d.]/.test(tokens[at] ?? '') ? Number(tokens[at++]) : NaN;
  };
  const power = () => {
    const base = atom();
    return accept('^') ? base ** signed() : base;
  };
  const signed = () => (accept('-') ? -signed() : accept('+') ? signed() : power());
  const product = () => {
    let value = signed();
    for (;;) {
      if (accept('*')) value *= signed();
      else if (accept('/')) value /= signed();
      else return value;
    }
  };
  const sum = () => {
    let value = product();
    for (;;) {
      if (accept('+')) value += product();
      else if (accept('-')) value -= product();
      else return value;
    }
  };
  const value = sum();
  return at === tokens.length ? value : NaN;
}

/// Whether a guess means this number: to 1 in 100, or to the digits that were typed.
function means(guess, wanted, text = '') {
  const typed = /^\s*[-−+]?\d*\.(\d+)\s*$/.exec(text);
  const rounded = typed && typed[1].length > 1 && Math.abs(wanted) >= 10 ** -typed[1].length
    ? 0.5001 * 10 ** -typed[1].length : 0;
  return Math.abs(guess - wanted) <= Math.max(0.01 * Math.abs(wanted), rounded, 1e-12);
}

/// What to say about an answer: {right, text}. `shares` are {value, upstream, local, through}, where
/// upstream and local are null unless they are single numbers.
function grade(text, {answer, shares}) {
  const guess = evaluate(text);
  if (!Number.isFinite(guess)) return {right: false, text: 'That is no number. Type one, such as -0.25, or 2 * -3.'};
  if (means(guess, answer, text)) return {right: true, text: 'Right.'};
  if (means(guess, -answer, text)) return {right: false, text: 'The size is right; the sign is not.'};
  if (shares.length > 1) {
    const alone = shares.find(share => means(guess, share.value, text));
    if (alone) {
      return {right: false, text: `That is only the share that comes through ${alone.through}. It is used ${shares.length} times: add the shares up.`};
    }
    const lacking = shares.find(share => means(guess, answer - share.value, text));
    if (lacking) return {right: false, text: `One share is missing: what comes through ${lacking.through}.`};
  }
  if (shares.length > 0 && shares.every(share => share.local !== null && share.upstream !== null)) {
    if (means(guess, shares.reduce((sum, share) => sum + share.local, 0), text)) {
      return {right: false, text: 'That is the local derivative. Multiply it by the adjoint that arrives from the other end of the wire.'};
    }
    if (means(guess, shares.reduce((sum, share) => sum + share.upstream, 0), text)) {
      return {right: false, text: 'That is what arrives. Multiply it by the local derivative.'};
    }
    if (means(guess, shares.reduce((sum, share) => sum + share.upstream / share.local, 0), text)) {
      return {right: false, text: 'Multiply by the local derivative; do not divide by it.'};
    }
  }
  for (const [factor, words] of [[2, 'twice'], [0.5, 'half of']]) {
    if (means(guess, factor * answer, text)) return {right: false, text: `That is ${words} what it should be.`};
  }
  return {right: false, text: 'Not yet. What arrives at each use, and what is the local derivative there?'};
}

const quiz = {
  on: false,
  done: new Set(),  // the steps whose adjoints are known: found, or shown
  said: new Map(),  // what to say above their text
  right: 0,
  tries: 0,

  toggle() {
    const summary = this.on ? this.summary() : '';
    this.on = !this.on;
    byId('quiz').setAttribute('aria-pressed', this.on);
    if (this.on) {
      this.done.clear();
      this.said.clear();
      this.right = 0;
      // From the values on: what is behind has been seen already.
      if (!steps[current].backward) go(turn);
    } else {
      this.said.clear();
      if (summary !== '') this.said.set(current, {right: true, text: `The quiz is over: ${summary}`});
    }
    render();
    if (isAsked(current)) byId('guess').focus({preventScroll: true});
    if (summary !== '') announce(`The quiz is over: ${summary}`);
  },

  summary() {
    return this.done.size === 0 ? '' : `${this.right} of ${this.done.size} right at the first attempt.`;
  },

  ask(step) {
    byId('question').textContent = step.question;
    byId('score').textContent = this.done.size === 0 ? '' : `${this.right} right of ${this.done.size}`;
    for (const riddle of document.querySelectorAll('.riddle')) riddle.hidden = riddle.dataset.of !== String(current + 1);
    byId('guess').value = '';
    byId('verdict').textContent = '';
    this.tries = 0;
  },

  answer() {
    if (byId('guess').value.trim() === '') return this.reveal();
    const {right, text} = grade(byId('guess').value, steps[current]);
    if (!right) {
      ++this.tries;
      const {rule} = steps[current];
      byId('verdict').textContent = this.tries > 1 && rule !== '' ? `${text} The rule: ${rule}.` : text;
      byId('guess').select();
      return;
    }
    if (this.tries === 0) ++this.right;
    this.finish(true, this.tries === 0 ? 'Right.' : `Right, at attempt ${this.tries + 1}.`);
  },

  reveal() { this.finish(false, this.tries > 0 ? 'Shown.' : 'Not answered.'); },

  finish(right, text) {
    this.done.add(current);
    const last = !steps.some((_, i) => isAsked(i));
    this.said.set(current, {right, text: last ? `${text} That was the last question: ${this.summary()}`
                                              : `${text} ${this.right} of ${this.done.size} at once.`});
    render();
    announce(`${byId('praise').textContent} ${steps[current].said}`);
    byId(byId('next').disabled ? 'quiz' : 'next').focus({preventScroll: true});
  },
};

byId('ask').addEventListener('submit', event => {
  event.preventDefault();
  quiz.answer();
});
byId('reveal').addEventListener('click', () => quiz.reveal());
setUp();
