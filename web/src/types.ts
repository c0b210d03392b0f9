import type { Query as Asked } from 'edgewise';

export type {
  CatalogList,
  Choice,
  EdgewiseProblem,
  ExplainedTerm,
  ExploreRow,
  Limit,
  Need,
  OperatorRow,
  PutAside,
  Result,
  Sweep,
  TermValue
} from './legacy';

/** The page always states the counts of the workload; the rest may take its default. */
export type Query = Asked & {
  model: string;
  device: string;
  power_mode: string;
  runtime: string;
  quant: string;
  kv_quant: string;
  prompt: number;
  generate: number;
  depth: number;
  batch: number;
  threads: number;
  images: number;
  context: number;
};

/** What the choosers show before any preset is loaded. */
export interface ModelEntry {
  id: string;
  name: string;
  family: string;
  parameters: number | null;
  context?: number;
  vision?: 1;
  also?: string;
  own?: true;
}
export interface DeviceEntry {
  id: string;
  name: string;
  usd?: number;
  year?: number;
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
  models: ModelEntry[];
  devices: DeviceEntry[];
  runtimes: { id: string; name: string }[];
  calibrated: string[];
}

export type Kind = 'model' | 'device' | 'other';

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
