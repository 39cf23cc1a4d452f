// The graph page: fold and unfold scopes, search, and say what is known of a node.

const svg = byId('picture');
const view = new View(svg);
const ends = new Map(data.edges.map(edge => [edge.id, edge]));
const folded = new Set();  // scopes, by number
let selected = null;       // the id of a node
let hits = [];             // ids of nodes, as the tape has them
let hit = -1;

// --- Scopes ---

/// The element that stands for a node: its own, or the outermost folded scope around it.
function standsFor(id) {
  let shown = id;
  for (let scope = data.nodes[id].inside; scope !== 0; scope = data.scopes[scope]) {
    if (folded.has(scope)) shown = `f${scope}`;
  }
  return shown;
}

/// Whether a scope is inside a folded one.
function isInside(scope) {
  for (let outer = data.scopes[scope]; outer !== 0; outer = data.scopes[outer]) {
    if (folded.has(outer)) return true;
  }
  return false;
}

const place = element => {
  const [x, y] = element.getAttribute('transform').match(/-?[\d.]+/g).map(Number);
  const box = element.querySelector('.box');
  return {x, y, width: Number(box.getAttribute('width')), height: Number(box.getAttribute('height'))};
};

/// Where the line from the middle of a box towards a point leaves it.
function border({x, y, width, height}, towards) {
  const dx = towards.x - x;
  const dy = towards.y - y;
  if (dx === 0 && dy === 0) return {x, y};
  const scale = Math.min(width / 2 / Math.abs(dx), height / 2 / Math.abs(dy));
  return {x: x + dx * scale, y: y + dy * scale};
}

/// Shows what is unfolded, and leads the edges of the rest to the boxes that stand for it.
function showScopes() {
  for (const id of Object.keys(data.nodes)) byId(id).classList.toggle('gone', standsFor(id) !== id);
  for (let scope = 1; scope < data.scopes.length; ++scope) {
    const frame = byId(`s${scope}`);
    if (!frame) continue;
    const inside = isInside(scope);
    frame.classList.toggle('gone', inside || folded.has(scope));
    byId(`f${scope}`).classList.toggle('gone', inside || !folded.has(scope));
  }
  const drawn = new Set();
  for (const [id, edge] of ends) {
    const element = byId(id);
    const path = element.querySelector('path');
    path.dataset.own ??= path.getAttribute('d');
    const from = standsFor(edge.from);
    const to = standsFor(edge.to);
    const own = from === edge.from && to === edge.to;
    // Of several edges between two boxes, one is drawn.
    const pair = `${from} ${to}`;
    element.classList.toggle('gone', from === to || (!own && drawn.has(pair)));
    element.classList.toggle('bundle', !own);
    const text = element.querySelector('text');
    if (text) text.classList.toggle('gone', !own);
    if (own) {
      path.setAttribute('d', path.dataset.own);
    } else {
      drawn.add(pair);
      const a = place(byId(from));
      const b = place(byId(to));
      const start = border(a, b);
      const end = border(b, a);
      const bend = (end.y - start.y) / 3;
      path.setAttribute('d', `M${start.x},${start.y}C${start.x},${start.y + bend} ${end.x},${end.y - bend} ${end.x},${end.y}`);
    }
  }
  byId('fold-all').textContent = folded.size === 0 ? 'Fold all' : 'Unfold all';
  light();
}

function toggleScope(scope) {
  const fold = !folded.has(scope);
  if (fold) folded.add(scope); else folded.delete(scope);
  showScopes();
  const name = svg.querySelector(`#f${scope} .title`).textContent.slice(2);
  announce(`${name} is ${fold ? 'folded' : 'unfolded'}.`);
  (fold ? byId(`f${scope}`) : byId(`s${scope}`).querySelector('.fold')).focus({preventScroll: true});
}

function toggleAll() {
  if (folded.size > 0) {
    folded.clear();
  } else {
    for (let scope = 1; scope < data.scopes.length; ++scope) {
      if (byId(`s${scope}`) && data.scopes[scope] === 0) folded.add(scope);
    }
  }
  showScopes();
  announce(folded.size === 0 ? 'All scopes are unfolded.' : 'All scopes are folded.');
}

// --- What is known of a node ---

const labels = {op: 'op', id: 'on the tape', shape: 'shape', scope: 'scope', where: 'recorded at',
                adjoint: 'is', value: 'value', gradient: 'gradient'};

function light() {
  for (const element of svg.querySelectorAll('.selected, .near')) element.classList.remove('selected', 'near');
  for (const node of svg.querySelectorAll('.node')) node.setAttribute('tabindex', node.classList.contains('folded') ? 0 : -1);
  const first = selected ?? Object.keys(data.nodes).find(id => standsFor(id) === id);
  if (first) byId(standsFor(first)).setAttribute('tabindex', 0);
  if (!selected) return;
  byId(standsFor(selected)).classList.add('selected');
  for (const [id, edge] of ends) {
    if (edge.from === selected || edge.to === selected) byId(id).classList.add('near');
  }
}

function select(id, move = false) {
  selected = id;
  light();
  byId('panel').hidden = id === null;
  if (id === null) return;
  const node = data.nodes[id];
  byId('name').textContent = node.title;
  const facts = byId('facts');
  facts.replaceChildren();
  for (const [key, label] of Object.entries(labels)) {
    if (node[key] === undefined) continue;
    const term = document.createElement('dt');
    const text = document.createElement('dd');
    term.textContent = label;
    text.textContent = node[key];
    if (/^(not computed|no value)/.test(node[key])) text.className = 'unknown';
    facts.append(term, text);
  }
  listLinks('operands', data.edges.filter(edge => edge.to === id), 'from');
  listLinks('users', data.edges.filter(edge => edge.from === id), 'to');
  const told = ['shape', 'value', 'gradient'].filter(key => node[key] !== undefined)
    .map(key => `${labels[key]} ${node[key]}`);
  announce([node.title, ...told].join(', '));
  if (move) {
    const {x, y, width, height} = place(byId(standsFor(id)));
    view.show({x: x - width / 2 - 20, y: y - height / 2 - 20, width: width + 40, height: height + 40});
  }
}

function listLinks(list, edges, end) {
  byId(`${list}-title`).hidden = edges.length === 0;
  byId(list).replaceChildren(...edges.map(edge => {
    const item = document.createElement('li');
    const button = document.createElement('button');
    button.type = 'button';
    const {title, id} = data.nodes[edge[end]];
    button.textContent = title;
    const small = document.createElement('small');
    small.textContent = ` ${edge.role || id}`;
    button.append(small);
    button.addEventListener('click', () => {
      unfoldAround(edge[end]);
      select(edge[end], true);
      byId('name').focus({preventScroll: true});
    });
    item.append(button);
    return item;
  }));
}

function unfoldAround(id) {
  let changed = false;
  for (let scope = data.nodes[id].inside; scope !== 0; scope = data.scopes[scope]) {
    changed = folded.delete(scope) || changed;
  }
  if (changed) showScopes();
}

// --- Search ---

function search() {
  const wanted = byId('search').value.trim().toLowerCase();
  hits = wanted === '' ? [] : Object.keys(data.nodes).filter(id => {
    const node = data.nodes[id];
    return wanted.startsWith('#') ? node.id === wanted
      : [node.title, node.op, node.adjoint, node.scope].some(text => text?.toLowerCase().includes(wanted));
  });
  hit = -1;
  svg.classList.toggle('searching', wanted !== '');
  for (const element of svg.querySelectorAll('.hit')) element.classList.remove('hit');
  for (const id of hits) byId(standsFor(id)).classList.add('hit');
  byId('found').textContent = wanted === '' ? '' : hits.length === 0 ? 'none' : `${hits.length}`;
  announce(wanted === '' ? '' : hits.length === 0 ? 'Nothing is found.' : `${hits.length} found. Enter goes to the next.`);
}

function nextHit(step) {
  if (hits.length === 0) return;
  hit = (hit + step + hits.length) % hits.length;
  unfoldAround(hits[hit]);
  for (const id of hits) byId(standsFor(id)).classList.add('hit');
  select(hits[hit], true);
  byId('found').textContent = `${hit + 1} of ${hits.length}`;
}

// --- Controls ---

view.onChoose('.node:not(.folded)', node => select(node.id));
view.onChoose('.node.folded', node => toggleScope(Number(node.dataset.scope)));
view.onChoose('.fold', handle => toggleScope(Number(handle.parentElement.dataset.scope)));
byId('search').addEventListener('input', search);
byId('find').addEventListener('submit', event => event.preventDefault());
byId('search').addEventListener('keydown', event => {
  if (event.key === 'Enter') {
    event.preventDefault();
    nextHit(event.shiftKey ? -1 : 1);
  }
  if (event.key === 'Escape') {
    byId('search').value = '';
    search();
    byId('search').blur();
  }
});
byId('fold-all').addEventListener('click', toggleAll);
byId('fold-all').hidden = !svg.querySelector('.scope');
byId('close').addEventListener('click', () => {
  const before = selected;
  select(null);
  byId(standsFor(before)).focus({preventScroll: true});
});

/// From the node that has the focus to the one before or behind it that can be seen, in the tape's order.
function toNeighbour(node, by) {
  const shown = [...new Set(Object.keys(data.nodes).map(standsFor))];
  const id = shown[shown.indexOf(node.id) + by];
  if (id === undefined) return;
  node.setAttribute('tabindex', -1);
  byId(id).setAttribute('tabindex', 0);
  byId(id).focus({preventScroll: true});
  const {x, y, width, height} = place(byId(id));
  view.show({x: x - width / 2 - 20, y: y - height / 2 - 20, width: width + 40, height: height + 40});
}

const steps = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1};
const keys = {ArrowLeft: () => view.pan(60, 0), ArrowRight: () => view.pan(-60, 0),
              ArrowUp: () => view.pan(0, 60), ArrowDown: () => view.pan(0, -60),
              '+': () => view.command('in'), '=': () => view.command('in'),
              '-': () => view.command('out'), 0: () => view.command('fit'),
              '/': () => byId('search').focus(), f: () => { if (!byId('fold-all').hidden) toggleAll(); }};
document.addEventListener('keydown', event => {
  if (event.key === 'Escape') {
    if (!byId('keys').hidden) byId('help').click();
    else if (selected) byId('close').click();
  }
  if (isTyping(event) || !Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  const node = event.target.closest('.node');
  if (node && steps[event.key]) toNeighbour(node, steps[event.key]);
  else keys[event.key]();
});
setUpTheme();
setUpDisclosure(byId('help'));
showScopes();
requestAnimationFrame(() => requestAnimationFrame(() => svg.classList.add('gliding')));
