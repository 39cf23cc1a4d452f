// Opens pages in Chromium, and notes whatever a page must not do: say an error or a warning, ask for
// anything besides its own file, or be wider than the window.
'use strict';
const assert = require('node:assert/strict');
const path = require('node:path');
const {pathToFileURL} = require('node:url');
const {chromium} = require('playwright-core');

const folder = process.env.GRADUS_PAGES;
let browser;

async function start() {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
           '--disable-component-update', '--disable-sync'],
  });
}

const stop = () => browser.close();

/// Opens a page, hands it to `act`, and checks what it did meanwhile.
async function withPage(name, act, {hash = '', ...options} = {}) {
  const context = await browser.newContext({viewport: {width: 1280, height: 760}, reducedMotion: 'reduce', ...options});
  const page = await context.newPage();
  const file = pathToFileURL(path.join(folder, `${name}.html`)).href;
  const wrong = [];
  page.on('console', message => wrong.push(`console: ${message.type()}: ${message.text()}`));
  page.on('pageerror', error => wrong.push(`error: ${error.stack}`));
  page.on('dialog', dialog => {
    wrong.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on('request', request => {
    if (request.url().split('#')[0] !== file) wrong.push(`request: ${request.url()}`);
  });
  await page.goto(file + hash);
  await act(page);
  await noOverflow(page);
  await context.close();
  assert.deepEqual(wrong, [], `${name}.html`);
}

async function noOverflow(page) {
  const {inside, window} = await page.evaluate(() => ({
    inside: document.documentElement.scrollWidth, window: document.documentElement.clientWidth}));
  assert.ok(inside <= window, `the page is ${inside} wide, the window ${window}`);
}

/// Every control has a name for those who cannot see it.
async function hasNames(page) {
  const nameless = await page.evaluate(() => [...document.querySelectorAll('button, input, select, [role=button]')]
    .filter(element => !(element.ariaLabel || element.textContent.trim() || element.labels?.length))
    .map(element => element.outerHTML.slice(0, 100)));
  assert.deepEqual(nameless, []);
}

/// A button that is pressed looks so under the mouse, too: its label stays readable.
async function pressedUnderMouse(page, selector) {
  const look = () => page.locator(selector).evaluate(button => {
    const {color, backgroundColor} = getComputedStyle(button);
    return {color, backgroundColor};
  });
  await page.locator(selector).click();
  await page.mouse.move(0, 0);
  const away = await look();
  await page.locator(selector).hover();
  assert.deepEqual(await look(), away);
  assert.notEqual(away.color, away.backgroundColor);
}

module.exports = {assert, folder, hasNames, noOverflow, pressedUnderMouse, start, stop, withPage};
