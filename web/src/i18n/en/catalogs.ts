export const catalogs = {
  title: 'Catalogs of devices',
  text: 'A catalog lists devices that others measured. It is kept in this browser and asked each time the page opens.',
  label: 'Address of a catalog',
  add: 'Add',
  again: 'Refresh',
  remove: 'Remove',
  loading: 'is loading…',
  count: 'lists {n, plural, =1 {one device} other {# devices}}.',
  failed: 'could not be used: {reason}',
  noAddress: 'This is no address: it begins with https://.'
};
