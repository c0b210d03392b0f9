// Before the first paint, so that the page does not flash in the other theme.
try {
  const theme = localStorage.getItem('edgewise-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked: the system's theme it is.
}
// A link asks for something else than what came with the page: that is not shown.
if (location.hash.length > 1) document.documentElement.classList.add('asked');
