// Compiles every formula of the Markdown pages with KaTeX:  node katex.js PAGE...
// Formulas are $...$ and $`...`$ in a line of text, and $$...$$ and blocks of ```math on their own.
//
// A page is read on different hosts. GitHub and others first read all of it as Markdown, formulas between
// dollars too, so that what means something in Markdown is lost before anyone sees a formula. Such places are
// errors here, with a way to write them that every host understands.
'use strict';
const fs = require('fs');

let katex;
for (const place of ['katex', '/usr/share/nodejs/katex']) {  // where node looks, and where Debian's package is
  try {
    katex = katex ?? require(place);
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
  }
}
if (!katex) {
  console.log('The formulas cannot be checked: katex is not installed (tools/setup.sh --ci installs it).');
  process.exit(process.env.CI === 'true' ? 1 : 77);
}

// --- Markdown: a page as blocks {text, line}, each the text of a paragraph, an item or a cell; or a block of math ---

function blocks(page) {
  const found = [];
  let open = null;  // the paragraph that lines are added to
  let fence = null;
  let listed = false;  // in a list, where indented lines are no code
  const end = () => { open = null; };
  const add = (text, line) => {
    if (open) open.text += '\n' + text;
    else found.push(open = {text, line});
  };
  let comment = false;
  page.split('\n').forEach((text, index) => {
    const line = index + 1;
    if (fence) {
      if (new RegExp(`^\\s*${fence.mark}\\s*$`).test(text)) {
        if (fence.math) found.push({math: fence.lines.join('\n'), line: fence.line});
        fence = null;
      } else {
        fence.lines.push(text);
      }
      return;
    }
    if (comment || text.startsWith('<!--')) {
      comment = !text.includes('-->');
      return end();
    }
    const opening = text.match(/^\s*(```+|~~~+)\s*([^\s`]*)/);
    if (opening) {
      fence = {mark: opening[1], math: opening[2] === 'math', lines: [], line: line + 1};
      return end();
    }
    if (/^\s*$/.test(text)) return end();
    if (/^( {4}|\t)/.test(text) && !open && !listed) return;  // indented code
    const item = text.match(/^\s*([-*+]|\d+[.)])\s+/);
    if (item) {
      listed = true;
      end();
      return add(text.slice(item[0].length), line);
    }
    if (/^\S/.test(text)) listed = listed && open !== null;
    if (/^#+ /.test(text)) {
      end();
      add(text, line);
      return end();
    }
    if (/^\s*\|/.test(text)) {  // the cells of a table
      for (const cell of text.split(/(?<!\\)\|/)) {
        end();
        add(cell, line);
      }
      return end();
    }
    add(text, line);
  });
  if (fence && fence.math) throw new Error(`line ${fence.line}: a block of math has no end`);
  return found;
}

// --- The formulas in a block: {body, display, verbatim, start, end}, and what is wrong with the dollars ---

const outside = '\u0000';  // stands for the text around a block

function formulas(text, complain) {
  const found = [];
  const plain = text.split('');  // the text without code, for the rules of emphasis
  for (let i = 0; i < text.length; ++i) {
    if (text[i] === '\\') {
      ++i;
    } else if (text[i] === '`') {
      const run = text.slice(i).match(/^`+/)[0];
      const close = text.slice(i + run.length).search(new RegExp(`(?<!\`)${run}(?!\`)`));
      if (close < 0) {
        i += run.length - 1;
        continue;
      }
      const end = i + 2 * run.length + close;
      plain.fill('x', i, end);
      i = end - 1;
    } else if (text[i] === '$') {
      const before = text[i - 1] ?? outside;
      const verbatim = text[i + 1] === '`';
      const mark = verbatim ? '$`' : text[i + 1] === '$' ? '$$' : '$';
      const closing = verbatim ? '`$' : mark;
      let close = i + mark.length;
      while (close < text.length && !text.startsWith(closing, close)) {
        close += text[close] === '\\' && !verbatim ? 2 : 1;
      }
      const body = text.slice(i + mark.length, close);
      const end = close + closing.length;
      const after = text[end] ?? outside;
      const shown = text.slice(i, Math.min(end, i + 40));
      if (close >= text.length) {
        complain(i, `a $ that begins no formula (for a dollar sign write \\$): ${shown}`);
        i += mark.length - 1;
        continue;
      }
      if (body.trim() === '') {
        complain(i, `an empty formula: ${shown}`);
      } else if (mark === '$' && (/^\s/.test(body) || /\s$/.test(body))) {
        complain(i, `a space behind the first $ or before the last makes this no formula: ${shown}`);
      } else if (/[\p{L}\p{N}-]/u.test(before)) {
        complain(i, `a letter, digit or hyphen right before the first $ makes this no formula on GitHub: ${before}${shown}`);
      } else if (mark !== '$$' && /[\p{L}\p{N}]/u.test(after)) {
        complain(i, `a letter or digit right behind the last $ makes this no formula: ${shown}${after}`);
      } else {
        found.push({body, display: mark === '$$', verbatim, start: i, end});
      }
      if (verbatim) plain.fill('x', i, end);
      i = end - 1;
    }
  }
  return {found, plain: plain.join('')};
}

// --- What Markdown takes out of formulas between dollars ---

const punctuation = /[!-\/:-@[-`{-~\p{P}\p{S}]/u;
const space = /[\s\u0000]/;

// The pairs of * or _ that are emphasis, by CommonMark's rule of flanking; simplified: each with the next that can close.
function emphasis(plain) {
  const pairs = [];
  for (const mark of ['*', '_']) {
    let opener = -1;
    for (let i = 0; i < plain.length; ++i) {
      if (plain[i] === '\\') { ++i; continue; }
      if (plain[i] !== mark) continue;
      let end = i;
      while (plain[end + 1] === mark) ++end;
      const before = plain[i - 1] ?? outside;
      const after = plain[end + 1] ?? outside;
      const left = !space.test(after) && (!punctuation.test(after) || space.test(before) || punctuation.test(before));
      const right = !space.test(before) && (!punctuation.test(before) || space.test(after) || punctuation.test(after));
      const opens = left && (mark === '*' || !right || punctuation.test(before));
      const closes = right && (mark === '*' || !left || punctuation.test(after));
      if (closes && opener >= 0) {
        pairs.push([opener, i]);
        opener = -1;
      } else if (opens && opener < 0) {
        opener = i;
      }
      i = end;
    }
  }
  return pairs;
}

function lost_in_markdown(formula) {
  const {body} = formula;
  const escape = body.match(/\\[!-\/:-@[-`{-~]/);
  const names = {'\\,': '\\thinspace', '\\{': '\\lbrace', '\\}': '\\rbrace', '\\|': '\\Vert'};
  if (escape) {
    const instead = names[escape[0]] ? `write ${names[escape[0]]}, or ` : '';
    return `Markdown takes the backslash of ${escape[0]} away: ${instead}put the formula into a block of \`\`\`math`;
  }
  if (/<[a-zA-Z\/!?]/.test(body)) return 'Markdown takes < and a letter for HTML: write \\lt, or put a space behind it';
  if (/\]\(/.test(body)) return 'Markdown takes ](...) for a link: put a space between';
  return null;
}

// --- All pages ---

let count = 0;
let failed = false;
for (const page of process.argv.slice(2)) {
  const report = (line, what) => {
    console.log(`${page}:${line}: ${what}`);
    failed = true;
  };
  const compile = (line, body, displayMode) => {
    ++count;
    try {
      katex.renderToString(body, {displayMode, throwOnError: true, strict: 'error'});
    } catch (error) {
      report(line, error.message.replace(/\u0332/g, '').replace(/\n/g, ' '));  // without KaTeX's underlining
    }
    const barred = body.match(/\\(operatorname|[hv]?phantom|mbox)/);
    if (barred) report(line, `GitHub does not allow ${barred[0]}: write \\mathrm{...} for a name, \\text{...} for words`);
  };
  for (const block of blocks(fs.readFileSync(page, 'utf8'))) {
    if (block.math !== undefined) {
      compile(block.line, block.math, true);
      continue;
    }
    const line_of = at => block.line + block.text.slice(0, at).split('\n').length - 1;
    const {found, plain} = formulas(block.text, (at, what) => report(line_of(at), what));
    for (const formula of found) {
      const line = line_of(formula.start);
      compile(line, formula.body, formula.display);
      if (formula.verbatim) continue;
      const lost = lost_in_markdown(formula);
      if (lost) report(line, `${lost}: ${formula.body.trim()}`);
    }
    const inside = at => found.some(f => !f.verbatim && at > f.start && at < f.end);
    for (const [a, b] of emphasis(plain)) {
      if (!inside(a) && !inside(b)) continue;
      report(line_of(a), `Markdown takes ${plain[a]}...${plain[b]} for emphasis: ` +
             (plain[a] === '_' ? 'put a space before the second _' : 'write \\ast, or \\cdot for a product') +
             `: ${block.text.slice(Math.max(0, a - 8), b + 8).replace(/\n/g, ' ')}`);
    }
  }
}
console.log(`${count} formulas on ${process.argv.length - 2} pages`);
if (count === 0) {
  console.log('no formulas were found at all: this test is broken');
  failed = true;
}
process.exit(failed ? 1 : 0);
