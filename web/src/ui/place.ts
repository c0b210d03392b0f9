/** What is open of the comboboxes, and how far its list stays from the box and from the edge of the window. */
let open: HTMLElement | undefined;
const gap = 4;
/** Less room than this below the box: the list stands above it, if there is more. */
const least = 240;

/** Says where the list may stand, in px: styles/views.css uses it beside the answer. */
function place(): void {
  const box = open?.querySelector('input')?.getBoundingClientRect();
  if (!open || !box) return;
  const below = innerHeight - box.bottom;
  const above = open.closest('.settings') !== null && below < least && box.top > below;
  const said = {
    '--list-inset': above
      ? `auto auto ${innerHeight - box.top + gap}px ${box.left}px`
      : `${box.bottom + gap}px auto auto ${box.left}px`,
    '--list-inline-size': `${box.width}px`,
    '--list-room': `${(above ? box.top : below) - 2 * gap}px`
  };
  for (const [name, value] of Object.entries(said)) open.style.setProperty(name, value);
}

/** Lists of the settings stand above the panel, which is scrolled and would cut them off, and end in the window. */
export function placeLists(): void {
  const opened = (e: Event): void => {
    open = e.target as HTMLElement;
    place();
  };
  addEventListener('opened', opened, { capture: true });
  addEventListener('scroll', place, { capture: true, passive: true });
  addEventListener('resize', place);
}
