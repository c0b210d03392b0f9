export const page = {
  name: 'Edgewise',
  tagline: 'Does this language model run on that device?',
  title: { calculator: '{model} on {device} · Edgewise', other: '{view} · Edgewise' },
  units: { label: 'Units of memory' },
  newer: { here: 'A newer version is here.', take: 'Reload' },
  skip: 'Skip to the answer',
  nav: {
    label: 'Views',
    calculator: 'Calculator',
    explore: 'Explore',
    compare: 'Compare',
    method: 'Method',
    accuracy: 'Accuracy'
  },
  /** What each view is for, under its name; Method and Accuracy begin with more than that. */
  lede: {
    explore:
      'Which models run on this device, which devices run this model, and what each quantization costs, within the limits that you set. Everything known here is tried, in your browser.',
    compare:
      'Models, devices and settings side by side: what fits, how fast it is, what it costs in memory and energy, and how sure each answer is.'
  },
  theme: { toLight: 'Switch to the light theme', toDark: 'Switch to the dark theme' },
  loading: 'Loading the engine…',
  loadingDevice: 'Loading the device…',
  failed: 'The engine could not be started: {message}',
  retry: 'Try again',
  partFailed: 'A part of the page could not be loaded: {message}. If that stays so, reload the page.',
  more: 'Show more',
  close: 'Close',
  unknown: 'unknown',
  none: 'none',
  /** Units that are words. */
  unitWords: { tokens: 'tokens', days: 'days' } as Record<string, string>,
  defaultMark: '{name} (default)',
  announce: '{verdict}. {sentence} {speed}',
  announceError: 'This cannot be computed: {message}',
  asSentence: '{text}.',
  /** Between sentences, and between the parts of a list. */
  between: ' ',
  comma: ', ',
  semicolon: '; ',
  colon: '{label}: {value}',
  notes: {
    badVersion:
      'This link was made by another version of the page ({v}), which this one cannot read. The defaults are shown.',
    otherPresets:
      'This link was made with other preset data, so its numbers may differ from those seen then.',
    unknownKeys: 'The link also holds settings that this page does not know: {keys}. They are kept.',
    replaced: '{what} “{id}” of the link is not used, the default is shown: {why}',
    absent: 'it is not known here',
    badValue: '“{value}” is no value that {key} of the link can have; the default is used.',
    error: 'This cannot be computed'
  },
  footer: {
    privacy:
      'Nothing you enter leaves this page. No tracking. Other servers are asked for nothing but devices and catalogs that you, a link or this site names.',
    counts: '{models} models, {devices} devices, {runtimes} runtimes, {quantizations} quantizations.',
    version: 'Version {version}, presets {revision}.'
  }
};
