// The graph page in a real browser.
'use strict';
const {after, before, test} = require('node:test');
const {assert, hasNames, noOverflow, pressedUnderMouse, start, stop, withPage} = require('./browser.js');

before(start);
after(stop);

const camera = page => page.evaluate(() => ({x: view.x, y: view.y, scale: view.scale}));
const fact = (page, label) => page.locator('#facts').evaluate((list, name) => {
  const term = [...list.querySelectorAll('dt')].find(dt => dt.textContent === name);
  return term ? term.nextSibling.textContent : null;
}, label);
/// The id of the node that is called so.
const called = (page, title) => page.evaluate(
  name => Object.entries(data.nodes).find(([, node]) => node.title === name)[0], title);

test('zoom: wheel, keys and buttons', () => withPage('graph', async page => {
  const before = await camera(page);
  await page.mouse.move(500, 300);
  await page.mouse.wheel(0, -400);
  await page.waitForFunction(scale => view.scale > scale, before.scale);
  const nearer = await camera(page);
  // What is under the pointer stays there.
  const at = (point, of) => [(point[0] - of.x) / of.scale, (point[1] - of.y) / of.scale];
  const stage = await page.locator('#picture').boundingBox();
  const under = [500 - stage.x, 300 - stage.y];
  at(under, before).forEach((value, i) => assert.ok(Math.abs(value - at(under, nearer)[i]) < 0.5));
  await page.keyboard.press('-');
  assert.ok((await camera(page)).scale < nearer.scale);
  await page.keyboard.press('0');
  assert.deepEqual(await camera(page), before);
  await page.locator('[data-view=in]').click();
  assert.ok((await camera(page)).scale > before.scale);
  for (let i = 0; i < 60; ++i) await page.keyboard.press('+');
  assert.ok((await camera(page)).scale <= 6);
}));

test('move: by dragging and by arrow keys', () => withPage('graph', async page => {
  const before = await camera(page);
  await page.mouse.move(60, 300);
  await page.mouse.down();
  await page.mouse.move(160, 340, {steps: 4});
  await page.mouse.up();
  const dragged = await camera(page);
  assert.ok(Math.abs(dragged.x - before.x - 100) < 6 && Math.abs(dragged.y - before.y - 40) < 6);
  assert.equal(await page.locator('#panel').isVisible(), false);  // that was no click
  await page.keyboard.press('ArrowRight');
  assert.equal((await camera(page)).x, dragged.x - 60);
  await page.keyboard.press('ArrowUp');
  assert.equal((await camera(page)).y, dragged.y + 60);
  for (let i = 0; i < 200; ++i) await page.keyboard.press('ArrowLeft');
  const {left} = await page.locator('.camera').evaluate(element => element.getBoundingClientRect());
  assert.ok(left < 1280, 'it cannot be lost');
}));

test('pinch', () => withPage('graph', async page => {
  const before = await camera(page);
  await page.evaluate(() => {
    const send = (type, id, x, y) => view.svg.dispatchEvent(new PointerEvent(type, {pointerId: id, clientX: x, clientY: y, bubbles: true}));
    view.svg.setPointerCapture = () => {};  // there are no such pointers
    send('pointerdown', 1, 300, 300);
    send('pointerdown', 2, 400, 300);
    send('pointermove', 2, 500, 300);
    send('pointerup', 1, 300, 300);
    send('pointerup', 2, 500, 300);
  });
  assert.ok((await camera(page)).scale > before.scale * 1.7);
}));

test('fold and unfold a scope in place', () => withPage('graph', async page => {
  const scopes = await page.locator('.scope:visible').count();
  assert.equal(scopes, 2);
  const nodes = await page.locator('.node:visible').count();
  const loss = await called(page, 'loss');
  const before = await page.locator(`#${loss}`).boundingBox();
  await page.locator('.scope .fold').first().click();
  assert.equal(await page.locator('.node.folded:visible').count(), 1);
  const box = page.locator('.node.folded:visible');
  const count = Number(/(\d+) nodes/.exec(await box.locator('.detail').textContent())[1]);
  assert.equal(await page.locator('.node:visible').count(), nodes - count + 1);
  assert.deepEqual(await page.locator(`#${loss}`).boundingBox(), before);
  // Its edges lead to the box, and none ends at what cannot be seen.
  assert.ok(await page.locator('.wire.bundle:visible').count() >= 2);
  assert.match(await page.locator('#status').textContent(), /is folded/);
  await page.keyboard.press('Enter');  // the box has the focus
  assert.equal(await page.locator('.node.folded:visible').count(), 0);
  assert.equal(await page.locator('.node:visible').count(), nodes);
  assert.equal(await page.locator('.wire.bundle:visible').count(), 0);
  await page.keyboard.press('f');
  assert.equal(await page.locator('.node.folded:visible').count(), 2);
  assert.equal(await page.locator('#fold-all').textContent(), 'Unfold all');
  await page.locator('#fold-all').click();
  assert.equal(await page.locator('.node:visible').count(), nodes);
}));

test('every node can be reached by keys', () => withPage('graph', async page => {
  const nodes = await page.locator('.node:visible').count();
  const focused = () => page.evaluate(() => document.activeElement.closest('.node')?.id);
  for (let i = 0; i < 30 && !await focused(); ++i) await page.keyboard.press('Tab');
  const first = await focused();
  const reached = new Set([first]);
  for (let i = 0; i < nodes + 2; ++i) {
    await page.keyboard.press('ArrowRight');
    reached.add(await focused());
  }
  assert.equal(reached.size, nodes);
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('.node.selected').getAttribute('id'), await focused());
  for (let i = 0; i < nodes + 2; ++i) await page.keyboard.press('ArrowUp');
  assert.equal(await focused(), first);
}));

test('search', () => withPage('graph', async page => {
  await page.keyboard.press('f');  // what is found is unfolded
  await page.keyboard.press('/');
  await page.keyboard.type('matmul');
  assert.equal(await page.locator('#found').textContent(), '2');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('#found').textContent(), '1 of 2');
  assert.equal(await page.locator('.node.selected').count(), 1);
  const first = await page.locator('.node.selected').getAttribute('id');
  assert.ok(await page.locator(`#${first}`).isVisible());
  assert.equal(await fact(page, 'op'), 'matmul');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('#found').textContent(), '2 of 2');
  assert.notEqual(await page.locator('.node.selected').getAttribute('id'), first);
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('.node.selected').getAttribute('id'), first);
  await page.keyboard.press('Shift+Enter');
  assert.equal(await page.locator('#found').textContent(), '2 of 2');
  await page.locator('#search').fill('no such thing');
  assert.equal(await page.locator('#found').textContent(), 'none');
  await page.locator('#search').fill('#6');
  assert.equal(await page.locator('#found').textContent(), '1');
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('.searching').count(), 0);
}));

test('what is known of a node', () => withPage('graph', async page => {
  await page.locator(`#${await called(page, 'W1')}`).click();
  assert.equal(await page.locator('#name').textContent(), 'W1');
  assert.equal(await fact(page, 'shape'), '(2, 3)');
  assert.equal(await fact(page, 'op'), 'parameter');
  assert.equal(await fact(page, 'scope'), 'layer1');
  assert.match(await fact(page, 'recorded at'), /\.[ch]pp:\d+$/);
  assert.match(await fact(page, 'value'), /\d/);
  assert.match(await fact(page, 'gradient'), /\d/);
  // On to what uses it, by keyboard alone.
  await page.locator('#users button').first().focus();
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('#name').textContent(), 'matmul');
  assert.equal(await page.locator('#operands button').count(), 2);
  assert.match(await page.locator('#operands').textContent(), /left.*right/);
  await page.locator('#close').click();
  assert.equal(await page.locator('#panel').isVisible(), false);
  await page.locator(`#${await called(page, 'T')}`).click();
  assert.equal(await fact(page, 'gradient'), 'not computed');
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('#panel').isVisible(), false);
}));

test('derivatives beside the forward pass', () => withPage('graph-gradient', async page => {
  await page.locator('#search').fill('∂loss/∂W1');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('#name').textContent(), '∂loss/∂W1');
  assert.ok(await page.locator('.node.derivative').count() > 5);
  assert.ok(await page.locator('.legend').textContent().then(text => text.includes('derivative')));
}));

test('names that would break a page are shown as they are', () => withPage('graph-nasty', async page => {
  assert.equal(await page.locator('h1').textContent(), "</title><script>document.title = 'broken'</script>");
  assert.equal(await page.locator('b[onmouseover], img').count(), 0);
  assert.equal(await page.locator('script').count(), 2);
  await page.keyboard.press('f');
  await page.locator('.node.folded:visible').click();
  await page.locator('#n0').click();
  assert.match(await page.locator('#name').textContent(), /^<\/script><b onmouseover/);
}));

for (const name of ['graph', 'graph-gradient', 'graph-without-dot']) {
  test(`${name}: on a phone`, () => withPage(name, async page => {
    await noOverflow(page);
    await page.locator('#search').fill('matmul');
    await page.keyboard.press('Enter');
    await noOverflow(page);
    assert.ok(await page.locator('#panel').isVisible());
    const [node, panel] = await Promise.all(['.node.selected', '#panel'].map(css => page.locator(css).boundingBox()));
    assert.ok(node.y >= 0 && node.y < panel.y, 'the node can be seen above the panel');
  }, {viewport: {width: 360, height: 640}, hasTouch: true, isMobile: true}));
}

test('dark, and names and roles', () => withPage('graph', async page => {
  await hasNames(page);
  const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number));
  assert.ok(Math.max(...paper) < 60);
  const tree = await page.locator('body').ariaSnapshot();
  for (const part of ['heading "A network of 2-3-1"', 'searchbox "Search names, ops and #numbers"', 'region "Computation graph"',
                      'button "Scope layer1, 5 nodes: fold"', 'list "Legend"', 'status']) {
    assert.ok(tree.includes(part), `${part} is not in\n${tree}`);
  }
}, {colorScheme: 'dark'}));

test('without dot, scopes still keep apart', () => withPage('graph-without-dot', async page => {
  const overlaps = await page.evaluate(() => {
    const box = element => element.getBoundingClientRect();
    const found = [];
    for (const scope of document.querySelectorAll('.scope')) {
      const frame = box(scope.firstElementChild);
      for (const [id, node] of Object.entries(data.nodes)) {
        const own = box(byId(id));
        const apart = own.right <= frame.left || own.left >= frame.right || own.bottom <= frame.top || own.top >= frame.bottom;
        if (!apart && node.inside !== Number(scope.dataset.scope)) found.push(`${node.title} is in ${scope.id}`);
      }
    }
    return found;
  });
  assert.deepEqual(overlaps, []);
}));

test('a pressed button can be read under the mouse', () => withPage('graph-without-dot', async page => {
  await pressedUnderMouse(page, '#help');
}));
