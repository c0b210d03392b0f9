let was = 0;
/** Where the settings stay, in px from the top of the window: above it where they are higher than the window. */
let stay = Infinity;

function follow(): void {
  const moved = scrollY - was;
  was += moved;
  const box = document.querySelector<HTMLElement>('.inputs');
  // On a phone the box has no height of its own.
  if (!box?.offsetHeight) return;
  const gap = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const end = Math.min(gap, innerHeight - box.offsetHeight - gap);
  stay = Math.min(gap, Math.max(end, Math.min(gap, stay) - moved));
  const start = `${stay}px`;
  if (box.style.insetBlockStart !== start) box.style.insetBlockStart = start;
}

/** The settings stay beside the answer. Where they are higher than the window, that alone would keep their end out of
 *  reach until the page itself ends: they go along with the page until their end, or their beginning, is in view. */
export function keepInReach(): void {
  was = scrollY;
  addEventListener('scroll', follow, { passive: true });
}
