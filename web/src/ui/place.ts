import type { Combobox } from './combobox';

/** How far a list stays from its box and from the edge of the window. */
const gap = 4;
/** Less room than this below the box: the list stands above it, if there is more. */
const least = 240;

/** Says where the list may stand, in px: styles/views.css uses it beside the answer. */
function place(combo: HTMLElement): void {
  const box = combo.querySelector('input')!.getBoundingClientRect();
  const below = innerHeight - box.bottom;
  const above = combo.closest('.settings') !== null && below < least && box.top > below;
  const said = {
    '--list-inset': above
      ? `auto auto ${innerHeight - box.top + gap}px ${box.left}px`
      : `${box.bottom + gap}px auto auto ${box.left}px`,
    '--list-inline-size': `${box.width}px`,
    '--list-room': `${(above ? box.top : below) - 2 * gap}px`
  };
  for (const [name, value] of Object.entries(said)) combo.style.setProperty(name, value);
}

/** Lists of the settings stand above the panel, which is scrolled and would cut them off, and end in the window. */
export function placeLists(): void {
  let last: Combobox | undefined;
  const opened = (e: Event): void => {
    last = e.target as Combobox;
    place(last);
  };
  const moved = (): void => {
    if (last?.open) place(last);
  };
  addEventListener('opened', opened, { capture: true });
  addEventListener('scroll', moved, { capture: true, passive: true });
  addEventListener('resize', moved);
}
