// The stepper: one step is current; the picture, the text and the controls follow it.

const steps = data.steps;  // {backward, node, wires, title, said, question, answer, rule, shares}
const articles = [...document.querySelectorAll('.step')];
const nodeOf = new Map([...document.querySelectorAll('.node')].map(g => [Number(g.id.slice(1)), g]));
const known = [...document.querySelectorAll('[data-step]')].map(element => [element, Number(element.dataset.step)]);
const wires = [...document.querySelectorAll('.wire')];
const turn = steps.findIndex(step => step.backward);  // where the backward pass starts; -1 without one
const stepsOf = new Map();  // of a node: {forward, backward}
steps.forEach((step, i) => {
  if (!stepsOf.has(step.node)) stepsOf.set(step.node, {});
  stepsOf.get(step.node)[step.backward ? 'backward' : 'forward'] = i;
});

const view = new View(byId('picture'));
let current = 0;

/// Whether this step's adjoint is still a question.
const isAsked = i => quiz.on && steps[i].backward && steps[i].question !== '' && !quiz.done.has(i);

function render() {
  const step = steps[current];
  const asked = isAsked(current);
  const reached = asked ? current - 1 : current;
  articles.forEach((article, i) => { article.hidden = i !== current || asked; });
  byId('ask').hidden = !asked;
  byId('praise').hidden = asked || !quiz.said.has(current);
  if (!byId('praise').hidden) {
    const {right, text} = quiz.said.get(current);
    byId('praise').textContent = text;
    byId('praise').classList.toggle('shown', !right);
  }
  if (asked) quiz.ask(step);
  // What is longer than the panel can be scrolled by keys.
  for (const long of document.querySelectorAll('.formula, .wide')) {
    if (long.scrollWidth > long.clientWidth) long.setAttribute('tabindex', 0); else long.removeAttribute('tabindex');
  }

  document.body.classList.toggle('in-backward', step.backward);
  // In a quiz, adjoints that were skipped stay unknown.
  for (const [element, at] of known) element.classList.toggle('known', at <= reached && !isAsked(Math.max(at, 0)));
  const lit = new Set(step.wires);
  for (const wire of wires) {
    wire.classList.toggle('lit', lit.has(wire.id));
    const from = stepsOf.get(Number(wire.dataset.from))?.forward ?? -1;
    wire.classList.toggle('later', from > current);
  }
  for (const [id, node] of nodeOf) {
    node.classList.toggle('current', id === step.node);
    node.classList.toggle('later', (stepsOf.get(id)?.forward ?? -1) > current);
    node.setAttribute('tabindex', id === step.node ? 0 : -1);
    if (id === step.node) node.setAttribute('aria-current', 'step'); else node.removeAttribute('aria-current');
  }

  byId('slider').value = current + 1;
  byId('slider').setAttribute('aria-valuetext', `${current + 1} of ${steps.length}: ${step.title}`);
  byId('jump').value = current + 1;
  for (const id of ['first', 'back']) byId(id).disabled = current === 0;
  for (const id of ['next', 'last']) byId(id).disabled = current === steps.length - 1;
  const other = otherPhase(current);
  byId('toggle').textContent = step.backward ? 'Its value' : 'Its adjoint';
  byId('toggle').disabled = other === undefined;
  announce(asked ? step.question : step.said);
  follow(step);
}

/// Keeps the current node, and what it hangs on, in sight.
function follow(step) {
  if (view.wholeScale() >= 0.7 && !view.moved) return;
  let rect;
  for (const id of [step.node, ...step.wires.flatMap(id => {
    const wire = byId(id);
    return [Number(wire.dataset.from), Number(wire.dataset.to)];
  })]) {
    const box = boxOf(nodeOf.get(id));
    rect = rect ? union(rect, box) : box;
  }
  const own = boxOf(nodeOf.get(step.node));
  const {width, height} = view.size();
  const fits = rect.width * 0.8 <= width - 24 && rect.height * 0.8 <= height - 24;
  view.show(fits ? rect : own, 0.8);
}

function boxOf(node) {
  const box = node.getBBox();
  const [x, y] = node.getAttribute('transform').match(/-?[\d.]+/g).map(Number);
  return {x: x + box.x - 30, y: y + box.y - 16, width: box.width + 60, height: box.height + 32};
}

function union(a, b) {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return {x, y, width: Math.max(a.x + a.width, b.x + b.width) - x,
          height: Math.max(a.y + a.height, b.y + b.height) - y};
}

const otherPhase = i => stepsOf.get(steps[i].node)[steps[i].backward ? 'forward' : 'backward'];

/// Goes to a step, by hand: the address follows.
function go(to) {
  to = Math.min(Math.max(to, 0), steps.length - 1);
  if (to === current) return;
  current = to;
  const address = `#step=${current + 1}`;
  // Neighbours replace each other, so that "back" leaves the page and does not walk through it.
  if (location.hash.startsWith('#step=')) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  render();
}

/// Goes where the address says.
function readAddress() {
  const match = /^#step=(\d+)$/.exec(location.hash);
  current = match ? Math.min(Math.max(Number(match[1]) - 1, 0), steps.length - 1) : 0;
  render();
}

function setUp() {
  view.onResize = () => {
    view.fit();
    follow(steps[current]);
  };
  view.onChoose('.node', node => {
    const {forward, backward} = stepsOf.get(Number(node.id.slice(1))) ?? {};
    if (forward === undefined && backward === undefined) {
      announce('A constant: there is nothing to compute, and nothing to differentiate by.');
      return;
    }
    // A click stays in the phase that one is in; another click turns to the other.
    const wanted = steps[current].backward ? backward ?? forward : forward ?? backward;
    go(wanted === current ? otherPhase(current) ?? current : wanted);
  });
  const moves = {first: () => go(0), back: () => go(current - 1), next: () => go(current + 1),
                 last: () => go(steps.length - 1), toggle: () => go(otherPhase(current) ?? current)};
  for (const [id, act] of Object.entries(moves)) byId(id).addEventListener('click', act);
  byId('slider').addEventListener('input', event => go(Number(event.target.value) - 1));
  byId('jump').addEventListener('change', event => go(Number(event.target.value) - 1));
  byId('quiz').addEventListener('click', () => quiz.toggle());

  const panel = document.querySelector('.panel');
  const scroll = by => {  // on a phone the page scrolls, and not the panel
    for (const element of [panel, document.scrollingElement]) element.scrollBy({top: by * 0.8 * panel.clientHeight});
  };
  const leave = () => {
    if (!byId('keys').hidden) byId('help').click();
    else if (quiz.on) quiz.toggle();
  };
  // As on a terminal, where they are those of tools/stepper.cpp.
  const keys = {ArrowRight: moves.next, ArrowDown: moves.next, ' ': moves.next, n: moves.next,
                ArrowLeft: moves.back, ArrowUp: moves.back, Home: moves.first, End: moves.last, t: moves.toggle,
                f: () => steps[current].backward && moves.toggle(), b: () => steps[current].backward || moves.toggle(),
                g: () => byId('jump').focus(), PageDown: () => scroll(1), PageUp: () => scroll(-1),
                z: () => byId('quiz').hidden || quiz.toggle(), h: () => byId('help').click(), '?': () => byId('help').click(),
                q: leave, '+': () => view.command('in'), '=': () => view.command('in'),
                '-': () => view.command('out'), 0: () => view.command('fit')};
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape') {
      byId('guess').value = '';
      if (!byId('keys').hidden) byId('help').click();
    }
    // Where nothing is typed yet, letters that begin no answer do in a quiz what they do elsewhere.
    const unanswered = event.target === byId('guess') && event.target.value === '' && !event.ctrlKey && !event.metaKey && !event.altKey &&
      /^([ntfbgzhq?]|Arrow.*|Home|End|Page.*)$/.test(event.key);
    if ((isTyping(event) && !unanswered) || !Object.hasOwn(keys, event.key)) return;
    if (event.key === ' ' && event.target.closest('button, [role=button], summary')) return;  // presses it
    event.preventDefault();
    const inPicture = view.svg.contains(document.activeElement);
    keys[event.key]();
    if (inPicture && !quiz.on) nodeOf.get(steps[current].node).focus({preventScroll: true});
  });
  window.addEventListener('hashchange', readAddress);
  setUpTheme();
  setUpDisclosure(byId('help'));

  const forward = turn < 0 ? steps.length : turn;
  const share = steps.length > 1 ? Math.max(forward - 0.5, 0) / (steps.length - 1) : 1;
  byId('slider').style.setProperty('--turn', `${Math.min(100 * share, 100)}%`);
  byId('phases').children[0].style.width = `${Math.min(100 * share, 100)}%`;
  byId('phases').children[1].hidden = turn < 0;
  byId('quiz').hidden = turn < 0;
  readAddress();
  requestAnimationFrame(() => requestAnimationFrame(() => view.svg.classList.add('gliding')));
}
