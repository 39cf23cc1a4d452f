// The stepper in a real browser.
'use strict';
const {after, before, test} = require('node:test');
const {assert, hasNames, noOverflow, pressedUnderMouse, start, stop, withPage} = require('./browser.js');

before(start);
after(stop);

const heading = page => page.locator('.step:visible h2').textContent();
const phase = page => page.locator('.step:visible .phase').textContent();
const status = page => page.locator('#status').textContent();
/// A text's lines on a wire or a node, if they can be seen: "2", or "" if it is not known yet.
const seen = (page, selector) => page.locator(selector).evaluate(
  element => getComputedStyle(element).visibility === 'visible' ? element.textContent : '');
const steps = page => page.locator('.step').count();

for (const name of ['branches', 'branches-without-dot', 'neuron', 'fifty', 'network', 'nasty', 'forward-only', 'huge-numbers']) {
  test(`${name}: every step, by keyboard`, () => withPage(name, async page => {
    const count = await steps(page);
    assert.ok(count > 1);
    const headings = new Set();
    for (let step = 1; step <= count; ++step) {
      const now = await page.evaluate(() => {
        const shown = [...document.querySelectorAll('.step')].filter(article => article.checkVisibility());
        const nodes = [...document.querySelectorAll('.node.current')];
        const stage = document.querySelector('.stage').getBoundingClientRect();
        return {
          steps: shown.map(article => article.id), heading: shown[0].querySelector('h2').textContent, nodes: nodes.length,
          slider: byId('slider').value, status: byId('status').textContent,
          lit: document.querySelectorAll('.wire.lit').length, wires: new Set(data.steps[current].wires).size,
          // What is lit can be seen, however large the graph is.
          inSight: nodes.every(node => {
            const box = node.getBoundingClientRect();
            return box.left >= stage.left - 4 && box.right <= stage.right + 4 && box.top >= stage.top - 4 && box.bottom <= stage.bottom + 4;
          })};
      });
      assert.deepEqual(now.steps, [`step-${step}`]);
      assert.equal(now.nodes, 1);
      assert.equal(now.slider, String(step));
      assert.match(now.status, new RegExp(`step ${step} of ${count}: .`));
      assert.equal(now.lit, now.wires);
      assert.ok(now.inSight, `the node of step ${step} is out of sight`);
      headings.add(now.heading);
      await noOverflow(page);
      await page.keyboard.press('ArrowRight');
    }
    assert.equal(headings.size, count);
    assert.equal(await page.locator('.step:visible').getAttribute('id'), `step-${count}`);  // it stops there
    await page.keyboard.press('ArrowLeft');
    assert.equal(await page.locator('.step:visible').getAttribute('id'), `step-${count - 1}`);
    await page.keyboard.press('Home');
    assert.equal(await page.locator('.step:visible').getAttribute('id'), 'step-1');
    await page.keyboard.press('End');
    assert.equal(await page.locator('.step:visible').getAttribute('id'), `step-${count}`);
  }));
}

test('numbers come onto the wires when their step is reached, and are those of the mathematics', () =>
  withPage('branches', async page => {
    // a = 2, b = -3, m = ab = -6, s = m + a = -4, L = s² = 16
    const wires = {a: '#e2-0', m: '#e3-0'};
    assert.equal(await seen(page, `${wires.m} .value`), '');
    assert.equal(await seen(page, `${wires.m} .adjoint`), '');
    for (const _ of [1, 2]) await page.keyboard.press('ArrowRight');
    assert.equal(await seen(page, `${wires.m} .value`), '−6');
    assert.equal(await seen(page, `${wires.m} .adjoint`), '');
    await page.keyboard.press('End');
    assert.equal(await heading(page), 'How L changes with a');
    assert.equal(await seen(page, `${wires.a} .adjoint`), '24');  // dL/dm · b = -8 · -3
    assert.equal(await seen(page, '#e3-1 .adjoint'), '−8');       // dL/ds · 1
    assert.equal(await seen(page, '#n0 .total'), 'Σ = 16');
    assert.equal(await page.locator('.step:visible tfoot td').textContent(), '16');
    assert.deepEqual(await page.locator('.wire.lit').evaluateAll(all => all.map(wire => wire.id).sort()), ['e2-0', 'e3-1']);
    assert.ok(await page.locator('.step:visible math mfrac').count() > 0);  // typeset
  }));

test('a click on a node goes to its step; another one to its adjoint', () => withPage('branches', async page => {
  await page.locator('#n3').click();
  assert.equal(await heading(page), 'The value of s');
  await page.locator('#n3').click();
  assert.equal(await heading(page), 'How L changes with s');
  await page.locator('#n1').click();
  assert.equal(await heading(page), 'How L changes with b');
  await page.keyboard.press('t');
  assert.equal(await heading(page), 'The parameter b');
  await page.locator('#toggle').click();
  assert.equal(await heading(page), 'How L changes with b');
  await page.locator('#n1').focus();
  await page.keyboard.press('Enter');
  assert.equal(await heading(page), 'The parameter b');
}));

test('slider, buttons and list', () => withPage('branches', async page => {
  await page.locator('#slider').fill('4');
  assert.equal(await heading(page), 'The value of s');
  await page.locator('#slider').focus();
  await page.keyboard.press('ArrowRight');
  assert.equal(await heading(page), 'The value of L');
  await page.locator('#next').click();
  assert.equal(await phase(page), 'Backward 1 of 5');
  await page.locator('#back').click();
  assert.equal(await heading(page), 'The value of L');
  await page.locator('#first').click();
  assert.equal(await heading(page), 'The parameter a');
  assert.ok(await page.locator('#back').isDisabled());
  await page.locator('#last').click();
  assert.ok(await page.locator('#next').isDisabled());
  await page.locator('#jump').selectOption({label: '3. m = a · b'});
  assert.equal(await heading(page), 'The value of m');
  const scale = () => page.evaluate(() => view.scale);
  const before = await scale();
  await page.keyboard.press('Tab');
  await page.locator('[data-view=in]').click();
  assert.ok(await scale() > before);
}));

test('the address says the step, and goes to it', () => withPage('branches', async page => {
  assert.equal(await heading(page), 'The value of s');
  await page.keyboard.press('ArrowRight');
  assert.match(page.url(), /#step=5$/);
  await page.evaluate(() => { location.hash = '#step=9'; });
  await page.waitForFunction(() => document.querySelector('.step:not([hidden])').id === 'step-9');
  await page.goBack();
  await page.waitForFunction(() => document.querySelector('.step:not([hidden])').id === 'step-5');
  await page.goForward();
  await page.waitForFunction(() => document.querySelector('.step:not([hidden])').id === 'step-9');
  for (const [hash, step] of [['#step=9999', 'step-10'], ['#step=0', 'step-1'], ['#step=-1e9', 'step-1'], ['#<b>', 'step-1']]) {
    await page.evaluate(to => { location.hash = to; }, hash);
    await page.waitForFunction(to => document.querySelector('.step:not([hidden])').id === to, step);
  }
}, {hash: '#step=4'}));

test('the quiz asks, grades and counts', () => withPage('branches', async page => {
  const answer = async text => {
    await page.locator('#guess').fill(text);
    await page.keyboard.press('Enter');
  };
  const verdict = () => page.locator('#verdict').textContent();
  await page.keyboard.press('z');
  assert.equal(await page.locator('#question').textContent(), 'What is ∂L/∂L?');
  assert.equal(await page.locator('.step:visible').count(), 0);
  assert.equal(await seen(page, '#result-wire .adjoint'), '');  // the answer is nowhere
  await answer('1');
  assert.match(await page.locator('#praise').textContent(), /^Right\. 1 of 1/);
  assert.equal(await seen(page, '#result-wire .adjoint'), '1');
  await page.keyboard.press('Enter');  // the next button has the focus
  assert.equal(await page.locator('#question').textContent(), 'What is ∂L/∂s?');
  await answer('fish');
  assert.match(await verdict(), /no number/);
  await answer('8');
  assert.match(await verdict(), /sign/);
  await answer('-4');
  assert.match(await verdict(), /only the share that comes through L.*used 2 times/);
  assert.match(await verdict(), /The rule: /);
  await answer('2 * -4');
  assert.match(await page.locator('#praise').textContent(), /^Right, at attempt 4\. 1 of 2/);
  await page.locator('#next').click();
  assert.equal(await page.locator('#question').textContent(), 'What is ∂L/∂m?');
  await answer('1');
  assert.match(await verdict(), /local derivative/);
  await page.locator('#reveal').click();
  assert.match(await page.locator('#praise').textContent(), /^Shown\. 1 of 3/);
  await page.locator('#next').click();
  await answer('-8');
  assert.match(await verdict(), /what arrives/);
  await answer('-32');
  assert.match(await verdict(), /twice/);
  await answer('−16.0');
  await page.locator('#next').click();
  await answer('24');
  assert.match(await verdict(), /only the share that comes through m/);
  await answer('-8*-3 + -8*1');
  assert.match(await page.locator('#praise').textContent(), /That was the last question: 1 of 5 right at the first attempt\.$/);
  await page.keyboard.press('q');
  assert.equal(await page.locator('#praise').textContent(), 'The quiz is over: 1 of 5 right at the first attempt.');
  assert.equal(await page.locator('#quiz').getAttribute('aria-pressed'), 'false');
}));

test('the keys are those of the terminal', () => withPage('branches', async page => {
  const at = () => page.locator('.step:not([hidden])').getAttribute('id');
  for (const [key, step] of [['ArrowDown', 2], [' ', 3], ['n', 4], ['ArrowUp', 3], ['b', 8], ['b', 8], ['f', 3], ['t', 8], ['t', 3]]) {
    await page.keyboard.press(key);
    assert.equal(await at(), `step-${step}`, key);
  }
  await page.keyboard.press('?');
  assert.ok(await page.locator('#keys').isVisible());
  await page.keyboard.press('q');
  assert.equal(await page.locator('#keys').isVisible(), false);
  await page.keyboard.press('g');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'jump');
  await page.locator('#jump').blur();

  // In a quiz letters that begin no answer are keys, and Enter alone shows the answer.
  await page.keyboard.press('z');
  const question = () => page.locator('#question').textContent();
  assert.equal(await question(), 'What is ∂L/∂L?');
  await page.keyboard.press('n');
  assert.equal(await question(), 'What is ∂L/∂s?');
  await page.keyboard.type('7');
  await page.keyboard.press('q');
  assert.equal(await page.locator('#guess').inputValue(), '7q');
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('#guess').inputValue(), '');
  await page.keyboard.press('Enter');
  assert.match(await page.locator('#praise').textContent(), /^Not answered\. 0 of 1/);
  await page.keyboard.press('q');
  assert.equal(await page.locator('#quiz').getAttribute('aria-pressed'), 'false');
}));

test('of matrices the quiz shows what the answer takes', () => withPage('network', async page => {
  await page.keyboard.press('z');
  let tensors = 0;
  for (let i = await page.evaluate(() => current); i < await steps(page); ++i) {
    await page.evaluate(at => go(at), i);
    const {question, tensor} = await page.evaluate(
      at => ({question: steps[at].question, tensor: articles[at].querySelector(':scope > .shape') !== null}), i);
    if (question === '' || !tensor) continue;
    assert.equal(await page.locator('.riddle:visible').count(), 1, question);
    ++tensors;
    assert.match(await page.locator('.riddle:visible').textContent(), /\d.*\?\s*$/s);
    await noOverflow(page);
  }
  assert.ok(tensors > 0);
}));

test('answers: arithmetic is read, other text is not', () => withPage('branches', async page => {
  const values = await page.evaluate(() => ['2 * -3 + 1/2', '-2^2', '(1-0.5^2)', '.5e-3', '−4', '1 2', '', '2+', '((((1))))',
    'alert(1)', '1e999', '2**3'].map(text => String(evaluate(text))));
  assert.deepEqual(values, ['-5.5', '-4', '0.75', '0.0005', '-4', 'NaN', 'NaN', 'NaN', '1', 'NaN', 'Infinity', '8']);
  const means = await page.evaluate(() => [[0.333, 1 / 3, '0.333'], [0.3, 1 / 3, '0.3'], [0.33, 1 / 3, '0.33'], [0, 0, '0'],
    [0.01, 0, '0.01'], [0.00, 0.0004, '0.00'], [-0.463, -0.46295, '-0.463']].map(([guess, wanted, text]) => means(guess, wanted, text)));
  assert.deepEqual(means, [true, false, true, true, false, false, true]);
}));

for (const colorScheme of ['light', 'dark']) {
  test(`${colorScheme} as the system has it, and the button`, () => withPage('neuron', async page => {
    const brightness = () => page.evaluate(() => {
      const probe = element => getComputedStyle(element).backgroundColor.match(/[\d.]+/g).slice(0, 3).map(Number);
      const mean = rgb => rgb.reduce((a, b) => a + b) / 3;
      return [mean(probe(document.body)), mean(getComputedStyle(document.body).color.match(/[\d.]+/g).slice(0, 3).map(Number))];
    });
    const isDark = ([paper, ink]) => paper < 60 && ink > 190;
    const isLight = ([paper, ink]) => paper > 190 && ink < 60;
    assert.ok((colorScheme === 'dark' ? isDark : isLight)(await brightness()));
    await page.locator('#theme').click();
    assert.ok((colorScheme === 'dark' ? isLight : isDark)(await brightness()));
    assert.equal(await page.locator('#theme').getAttribute('aria-pressed'), String(colorScheme === 'light'));
  }, {colorScheme}));
}

for (const name of ['branches', 'network', 'nasty', 'fifty']) {
  test(`${name}: on a phone`, () => withPage(name, async page => {
    const count = await steps(page);
    for (const step of [1, Math.ceil(count / 2), count]) {
      await page.evaluate(to => { location.hash = `#step=${to}`; }, step);
      await page.waitForFunction(to => document.querySelector('.step:not([hidden])').id === `step-${to}`, step);
      await noOverflow(page);
      const [stage, panel] = await Promise.all(['.stage', '.panel'].map(css => page.locator(css).boundingBox()));
      assert.ok(stage.y + stage.height <= panel.y + 1, 'the graph is above the text');
      const next = await page.locator('#next').boundingBox();
      assert.ok(next.y + next.height <= 640, 'the buttons can be reached');
    }
  }, {viewport: {width: 360, height: 640}, hasTouch: true, isMobile: true}));
}

test('names, roles and the order of keys', () => withPage('branches', async page => {
  await hasNames(page);
  const tree = await page.locator('body').ariaSnapshot();
  for (const part of ['banner', 'heading "L = (a·b + a)²" [level=1]', 'button "Quiz"', 'region "Computation graph"',
                      'group "The graph of the computation"', 'button "a (parameter)"', 'region "The step"',
                      'article "The parameter a"', 'slider "Step"', 'button "Next step"', 'combobox "Jump to a step"', 'status']) {
    assert.ok(tree.includes(part), `${part} is not in\n${tree}`);
  }
  const seenNames = [];
  for (let i = 0; i < 12; ++i) {
    await page.keyboard.press('Tab');
    seenNames.push(await page.evaluate(() => document.activeElement.id || document.activeElement.dataset.view));
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle !== 'none' || document.activeElement.matches('.node'));
    assert.ok(outline, `the focus on ${seenNames.at(-1)} can be seen`);
  }
  assert.deepEqual(seenNames.slice(0, 7), ['quiz', 'help', 'theme', 'n0', 'in', 'out', 'fit']);
  await page.locator('#help').click();
  assert.ok(await page.locator('#keys').isVisible());
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('#keys').isVisible(), false);
}));

test('motion: none if the system asks for none', async () => {
  const gliding = page => page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() =>
    requestAnimationFrame(() => done(getComputedStyle(document.querySelector('.camera')).transitionDuration))))));
  await withPage('branches', async page => assert.equal(await gliding(page), '0s'));
  await withPage('branches', async page => assert.equal(await gliding(page), '0.4s'), {reducedMotion: 'no-preference'});
});

test('names that would break a page are shown as they are', () => withPage('nasty', async page => {
  assert.equal(await page.locator('h1').textContent(), "</title><script>document.title = 'broken'</script>");
  assert.match(await page.title(), /^Gradus: <\/title><script>/);
  assert.equal(await page.locator('b[onmouseover], img').count(), 0);
  assert.equal(await page.locator('script').count(), 2);
  await page.locator('#n0').hover();
}));

test('without scripts all steps can be read', () => withPage('branches', async page => {
  assert.equal(await page.locator('.step:visible').count(), 10);
  assert.ok(await page.locator('#picture').isVisible());
}, {javaScriptEnabled: false}));

test('a pressed button can be read under the mouse', () => withPage('branches', async page => {
  await pressedUnderMouse(page, '#quiz');
  await pressedUnderMouse(page, '#help');
}));
