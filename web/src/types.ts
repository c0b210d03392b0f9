import type { Source } from './sources';
import type {
  CatalogList as Listed,
  Choice as Chosen,
  Need as Lacking,
  PutAside,
  Query as Asked
} from 'edgewise';

export type {
  Editable,
  EdgewiseProblem,
  ExplainedTerm,
  ExploreRow,
  OperatorRow,
  Result,
  Roofline,
  Sweep,
  TermValue,
  WayOut,
  WhatIf
} from 'edgewise';
export type CatalogList = Listed & { default_query: Query };
export type Limit = CatalogList['limits'][number];

/** What the engine chose, its known numbers as one text. */
export type Choice = Omit<Chosen, 'query' | 'needs'> & {
  query: Omit<Asked, 'known' | 'set'> & { known?: string; set?: string };
  needs: Need[];
};
/** What an answer lacks: a preset, or the engine that knows more. */
export type Need = { type: Lacking['type'] | 'engine'; id: string };
/** The page always states the counts of the workload; the rest may take its default. */
export type Query = Omit<Asked, 'known' | 'set'> & {
  model: string;
  device: string;
  power_mode: string;
  runtime: string;
  quant: string;
  kv_quant: string;
  /** Statements, parted by semicolons: what a link holds. */
  known?: string;
  /** Edits of the device, likewise. */
  set?: string;
  prompt: number;
  generate: number;
  depth: number;
  batch: number;
  threads: number;
  images: number;
  image_width: number;
  image_height: number;
  audio_s: number;
  context: number;
  memory_taken_gib: number;
};

/**
 * Something that was asked for and is not what was answered. A model or device is put aside by the page
 * alone.
 */
export interface Aside {
  field: PutAside['field'] | 'model' | 'device' | 'host';
  asked: string;
  /** Why, as the engine says it in a problem; left out: nobody has it. */
  code?: string;
  message?: string;
  values?: Record<string, string>;
}
export type Resolved = Omit<Choice, 'put_aside'> & { put_aside: Aside[] };

/** What the choosers show before any preset is loaded. */
export interface ModelEntry {
  id: string;
  name: string;
  family: string;
  parameters: number | null;
  context?: number;
  vision?: 1;
  audio?: 1;
  also?: string;
  /** Published measurements of it; absent: none. */
  rows?: number;
  /** On Hugging Face. */
  repo?: string;
  own?: true;
}
export interface DeviceEntry {
  id: string;
  name: string;
  usd?: number;
  year?: number;
  rows?: number;
  also?: string;
  own?: true;
  /** Unknown of a device in a catalog until it is chosen. */
  class?: string;
  gib?: number;
  /** The catalog that lists it, and when it was published. */
  catalog?: string;
  date?: string;
}
export interface Index {
  revision: string;
  /** The day of their newest change; absent: unknown. */
  date?: string;
  /** How many the site has, also while not all of them are listed. */
  counts: { models: number; devices: number; runtimes: number; quantizations: number };
  models: ModelEntry[];
  devices: DeviceEntry[];
  runtimes: { id: string; name: string }[];
  calibrated: string[];
}

export type Kind = 'model' | 'device' | 'other';

/** What others wrote, to be read. */
export interface Inspection {
  input: string | File[];
  /** What the model of a file that names none is called. */
  name: string;
  /** The kinds of presets that are taken; none given: all. */
  kinds?: Kind[];
  /** The presets that every answer rests on. */
  base: string;
}
/** The preset that it is. */
export interface Inspected {
  kind: Kind;
  /** The id that it has. */
  asked: string;
  text: string;
  /** Made of what describes a model otherwise: the id is no more than what the files are called. */
  made?: boolean;
  /** Where it was made of files: which. */
  reading?: Reading;
}
/** A file that was read, or its beginning: bytes of so many. */
export interface ReadFile {
  name: string;
  bytes: number;
  of?: number;
}
/** How far reading has come: the file, and bytes and whole files of all of them. */
export interface Progress {
  name: string;
  bytes: number;
  files: number;
}
/** Who waits for something is told how far it is, and may stop it. */
export interface Following {
  told(progress: Progress): void;
  signal: AbortSignal;
}
/** What belongs to a model and was not read. */
export interface Left {
  name: string;
  why: 'projector' | 'matrix' | 'many';
}
export interface Reading {
  files: ReadFile[];
  left: Left[];
}
/** One of several models that lie together, by its files. */
export interface Offer {
  label: string;
  files: string[];
  bytes?: number;
}
export interface Choosing {
  choices: Offer[];
  left: Left[];
}
/** A model or a preset of another server. */
export interface Bringing {
  source: Source;
  /** Where models are asked for. */
  hub: string;
  /** What was chosen of several. */
  files?: string[];
  base: string;
}
/** What an engine printed on the device of a question. `presets`: all that it may name. */
export interface Printing {
  query: Query;
  printed: string;
  presets: string[];
}
export interface Printed {
  known: string[];
  remarks: string[];
  facts: string[];
}
/** A device with what is known of it, to become a preset of its own. */
export interface Knowing {
  query: Query;
  device: string;
  presets: string[];
}

/** What the page shows of a calibration; `calibration.md` in presets/schema has the rest. */
export interface CalibrationEntry {
  runtime?: string;
  devices?: string[];
  power_mode?: string;
  origin: string;
  configurations: number;
  parameters: Record<string, unknown>;
  tool?: string;
  date?: string;
  context?: string;
  fit?: string;
  note?: string;
  samples?: { test?: string; source?: string; scope?: string; engine?: string }[];
}
/** Who published what a calibration was fitted to. */
export interface Evidence {
  source: string;
  url?: string;
  rows: number;
}

/** A preset of the user's own, as a browser keeps it. */
export interface Kept {
  kind: 'model' | 'device';
  id: string;
  asked: string;
  text: string;
}
export interface Taken {
  kind: Kind;
  id: string;
  /** What the preset calls itself. */
  asked: string;
  reading?: Reading;
}
