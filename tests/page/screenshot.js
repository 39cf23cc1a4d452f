// A picture of a page:  node screenshot.js PAGE.html#step=9 PICTURE.png
'use strict';
const path = require('node:path');
const {pathToFileURL} = require('node:url');
const {chromium} = require('playwright-core');

(async () => {
  const [page, hash = ''] = process.argv[2].split('#');
  const browser = await chromium.launch({executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
                                         args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run']});
  const view = await browser.newPage({viewport: {width: 1180, height: 640}, deviceScaleFactor: 1.5, colorScheme: 'light', reducedMotion: 'reduce'});
  await view.goto(`${pathToFileURL(path.resolve(page)).href}#${hash}`);
  await view.screenshot({path: process.argv[3]});
  await browser.close();
})();
