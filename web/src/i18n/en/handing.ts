/** What is said where the answer is handed to pages and documents of others. */
export const handing = {
  title: 'Embed this answer',
  form: 'As',
  forms: {
    card: 'Card',
    badge: 'Badge',
    full: 'Card with its panels',
    chart: 'Chart',
    table: 'Table',
    value: 'Number in a sentence',
    frame: 'Frame',
    picture: 'Picture (SVG)',
    markdown: 'Text (Markdown)'
  },
  about: {
    card: 'The answer and four numbers, computed on the page that shows it.',
    badge: 'One line, for a heading or beside a download.',
    full: 'The card, and below it where memory, time and energy go.',
    chart: 'How speed and memory change.',
    table:
      'A row for each choice that is compared and has the same model, or the same device. Compare more to list more.',
    value: 'Stands in a sentence like a word, in its font.',
    frame:
      'For pages that allow frames. The script gives the frame its height: where scripts are not allowed, leave it out and set the height.',
    picture: 'For READMEs and papers. It does not change by itself; the command draws it anew.',
    markdown: 'For READMEs and issues. It does not change by itself; the command writes it anew.'
  },
  pinned: 'Always of release {version}, with its data of {revision}',
  pinnedNote: 'Without it, the newest release and data that this site has.',
  code: 'Code',
  line: 'Command',
  reading:
    'Pages of other sites can load it where {host} lets them read its files (CORS). Where it does not, use a frame.',
  copy: 'Copy',
  preview: 'Preview'
};
