// Draws the icons of an installed page from public/favicon.svg: `node scripts/icons.mjs`, when that changes.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = (name) => fileURLToPath(new URL(`../public/${name}`, import.meta.url));
const svg = readFileSync(here('favicon.svg'), 'utf8');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
  args: ['--no-sandbox', '--disable-gpu']
});
/** `inner`: the share of the picture that the drawing takes; what is outside may be cut off. */
async function draw(name, size, inner = 1) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const ground = inner < 1 ? '#0b6e63' : 'transparent';
  const picture = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  await page.setContent(
    `<body style="margin:0;display:grid;place-items:center;block-size:100vh;background:${ground}"><img alt="" width="${size * inner}" src="${picture}">`
  );
  await page.waitForFunction(() => document.images[0].complete);
  await page.screenshot({ path: here(name), omitBackground: true });
  await page.close();
}
await draw('icon-192.png', 192);
await draw('icon-512.png', 512);
await draw('icon-maskable.png', 512, 0.7);
await browser.close();
