/** A press of a link that is followed here, without leaving the page; where it is to be opened elsewhere, it is. */
export const followed =
  (here: () => void) =>
  (e: MouseEvent): void => {
    if (e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
    e.preventDefault();
    here();
  };
