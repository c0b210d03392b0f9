/** What the page tells a worker that waits. */
export const takeOver = 'take over';
