// Gives the frames of Edgewise on a page the height of what they show: <script async src="…/frame.js"></script>.
(() => {
  const page = new URL('embed.html', document.currentScript.src).href;
  const frames = () => [...document.querySelectorAll('iframe')].filter((frame) => frame.src.startsWith(page));
  addEventListener('message', ({ data, source }) => {
    const height = Number(data?.['edgewise-height']);
    if (!(height > 0 && height < 10000)) return;
    for (const frame of frames())
      if (frame.contentWindow === source) frame.height = String(Math.ceil(height));
  });
  // One that was faster than this script has told its height already.
  for (const frame of frames()) frame.contentWindow?.postMessage('edgewise-height', '*');
})();
