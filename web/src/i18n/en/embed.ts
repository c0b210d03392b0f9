/** What every element on a page of others may say. */
export const embed = {
  open: 'Open in Edgewise',
  unavailable: 'There is no estimate.',
  address: 'A device of another address is shown by the page only.',
  missing: 'It must be told: {names}.',
  unknownKeys: 'It knows no such setting: {keys}.',
  badValue: '“{value}” is no value that {key} can have here.',
  revision: 'It was written for the presets {wanted}; this site has {present}.',
  badVersion: 'The link was made by another version of the page ({v}).',
  tokens: '{prompt} tokens in, {generate} out',
  depth: '{n} tokens in the cache',
  batch: '{n} sequences at once',
  context: '{n} tokens of context allocated',
  data: 'Edgewise {version}, presets {revision} of {date}',
  dataUndated: 'Edgewise {version}, presets {revision}'
};
