import type { Engine } from './engine';

/** What the views look up; they change nothing. */
export type Facts = Pick<
  Engine,
  | 'index'
  | 'catalog'
  | 'version'
  | 'device'
  | 'runtime'
  | 'choose'
  | 'explain'
  | 'grow'
  | 'hasten'
  | 'fill'
  | 'isWhole'
  | 'isFull'
  | 'meant'
  | 'levers'
  | 'sweep'
  | 'quality'
  | 'qualityOf'
  | 'waysOut'
  | 'preset'
  | 'calibration'
  | 'ownDevice'
  | 'own'
  | 'ownList'
  | 'packed'
  | 'knownPreset'
>;
