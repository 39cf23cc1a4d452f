'use strict';
// What both pages share: the data, the picture as a map that moves and zooms, and light and dark.

const byId = id => document.getElementById(id);
const data = JSON.parse(byId('data').textContent);

/// Makes `text` what a screen reader says next.
const announce = text => { byId('status').textContent = text; };

/// The picture as a map: drag, wheel and pinch; and what the pages do with it.
class View {
  constructor(svg) {
    this.svg = svg;
    this.camera = svg.querySelector('.camera');
    this.width = Number(svg.dataset.width);
    this.height = Number(svg.dataset.height);
    this.pointers = new Map();
    this.moved = false;  // by hand: then steps move it no more than they must
    svg.removeAttribute('viewBox');
    squeezeTexts(svg);
    this.fit();
    new ResizeObserver(() => { if (!this.moved) this.onResize(); }).observe(svg);
    svg.addEventListener('wheel', event => {
      event.preventDefault();
      this.zoomAt(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), event.clientX, event.clientY);
    }, {passive: false});
    svg.addEventListener('pointerdown', event => this.press(event));
    svg.addEventListener('pointermove', event => this.drag(event));
    for (const end of ['pointerup', 'pointercancel']) {
      svg.addEventListener(end, event => this.pointers.delete(event.pointerId));
    }
    for (const button of document.querySelectorAll('[data-view]')) {
      button.addEventListener('click', () => this.command(button.dataset.view));
    }
  }

  onResize() { this.fit(); }

  command(what) {
    if (what === 'fit') { this.moved = false; this.onResize(); }
    if (what === 'in') this.zoomAt(1.3);
    if (what === 'out') this.zoomAt(1 / 1.3);
  }

  size() {
    const box = this.svg.getBoundingClientRect();
    return {left: box.left, top: box.top, width: Math.max(box.width, 1), height: Math.max(box.height, 1)};
  }

  /// The scale at which all of it can be seen.
  wholeScale() {
    const {width, height} = this.size();
    return Math.min((width - 24) / this.width, (height - 24) / this.height);
  }

  fit(most = 1.5) {
    const {width, height} = this.size();
    const scale = Math.min(this.wholeScale(), most);
    this.place((width - this.width * scale) / 2, (height - this.height * scale) / 2, scale);
  }

  place(x, y, scale) {
    // A corner of the picture is always in sight, wherever someone drags it.
    const {width, height} = this.size();
    const keep = 40;
    this.x = Math.min(Math.max(x, keep - this.width * scale), width - keep);
    this.y = Math.min(Math.max(y, keep - this.height * scale), height - keep);
    this.scale = scale;
    this.camera.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
  }

  zoomAt(factor, clientX, clientY) {
    const {left, top, width, height} = this.size();
    const least = Math.min(0.05, this.wholeScale());
    const scale = Math.min(Math.max(this.scale * factor, least), 6);
    const x = clientX === undefined ? width / 2 : clientX - left;
    const y = clientY === undefined ? height / 2 : clientY - top;
    this.moved = true;
    this.place(x - (x - this.x) * scale / this.scale, y - (y - this.y) * scale / this.scale, scale);
  }

  pan(dx, dy) {
    this.moved = true;
    this.place(this.x + dx, this.y + dy, this.scale);
  }

  /// Moves, and zooms in if it is small, so that a rectangle of the picture can be seen and read.
  show(rect, readable = 0.8) {
    const {width, height} = this.size();
    const scale = Math.max(this.scale, Math.min(readable, (width - 24) / rect.width, (height - 24) / rect.height));
    const inside = (low, length, offset, all) => {
      const start = low * this.scale + offset;
      return start >= 8 && start + length * this.scale <= all - 8;
    };
    if (scale === this.scale && inside(rect.x, rect.width, this.x, width) &&
        inside(rect.y, rect.height, this.y, height)) return;
    // What is wider than the window shows its middle; what else there is of the picture stays in it.
    const axis = (low, length, whole, all) => {
      const middle = all / 2 - (low + length / 2) * scale;
      return whole * scale <= all - 16 ? (all - whole * scale) / 2
                                       : Math.min(8, Math.max(middle, all - 8 - whole * scale));
    };
    this.place(axis(rect.x, rect.width, this.width, width),
               axis(rect.y, rect.height, this.height, height), scale);
  }

  press(event) {
    if (event.button !== 0) return;
    this.pointers.set(event.pointerId, {x: event.clientX, y: event.clientY, startX: event.clientX, startY: event.clientY});
    this.dragged = false;
  }

  drag(event) {
    const last = this.pointers.get(event.pointerId);
    if (!last) return;
    const [a, b] = this.pointers.values();
    const distance = () => Math.hypot(a.x - b.x, a.y - b.y) || 1;
    const before = b ? distance() : 0;
    const dx = event.clientX - last.x;
    const dy = event.clientY - last.y;
    if (!this.dragged && Math.hypot(event.clientX - last.startX, event.clientY - last.startY) < 4) return;
    if (!this.dragged) this.svg.setPointerCapture(event.pointerId);
    this.dragged = true;
    last.x = event.clientX;
    last.y = event.clientY;
    if (b) {
      this.zoomAt(distance() / before, (a.x + b.x) / 2, (a.y + b.y) / 2);
      this.pan(dx / 2, dy / 2);
    } else {
      this.pan(dx, dy);
    }
  }

  /// Calls `act` with the element of this class that is clicked, or chosen with Enter or space.
  onChoose(css, act) {
    const choose = event => {
      const element = event.target.closest(css);
      if (element && this.svg.contains(element)) act(element, event);
      return element;
    };
    this.svg.addEventListener('click', event => { if (!this.dragged) choose(event); });
    this.svg.addEventListener('keydown', event => {
      if ((event.key === 'Enter' || event.key === ' ') && choose(event)) event.preventDefault();
    });
  }
}

/// Fonts differ: a text that is wider than its box is written narrower.
function squeezeTexts(svg) {
  const wide = [];
  for (const group of svg.querySelectorAll('.node')) {
    const room = Number(group.querySelector('.box').getAttribute('width')) - 10;
    for (const text of group.querySelectorAll('.title, .detail')) {
      if (text.getComputedTextLength() > room) wide.push([text, room]);
    }
  }
  for (const [text, room] of wide) {
    text.setAttribute('textLength', room);
    text.setAttribute('lengthAdjust', 'spacingAndGlyphs');
  }
}

/// Light and dark: as the system has it, until someone chooses.
function setUpTheme() {
  const button = byId('theme');
  const system = matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;
  const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : system.matches);
  const say = () => {
    button.setAttribute('aria-pressed', isDark());
  };
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    say();
  });
  system.addEventListener('change', say);
  say();
}

/// Shows and hides what `button` says it controls.
function setUpDisclosure(button) {
  const panel = byId(button.getAttribute('aria-controls'));
  button.addEventListener('click', () => {
    panel.hidden = !panel.hidden;
    button.setAttribute('aria-expanded', !panel.hidden);
  });
}

/// Whether keys belong to what has the focus: a text that is typed, a list that is open.
const isTyping = event => event.target.closest('input[type=text], input[type=search], select, textarea') !== null ||
                          event.ctrlKey || event.metaKey || event.altKey;
