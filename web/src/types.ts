import type { Query as Asked } from 'edgewise';

export type { CatalogList, EdgewiseProblem, ExplainedTerm, ExploreRow, OperatorRow, Result, Sweep, TermValue } from 'edgewise';

/** The page always states the counts of the workload; the rest may take its default. */
export type Query = Asked & {
  model: string; device: string; prompt: number; generate: number; depth: number; batch: number; threads: number; images: number; context: number;
};

/** What the choosers show before any preset is loaded. */
export interface ModelEntry { id: string; name: string; family: string; parameters: number | null; context?: number; vision?: 1; also?: string; own?: true; }
export interface DeviceEntry { id: string; name: string; class: string; gib: number; usd?: number; year?: number; also?: string; own?: true; }
export interface Index {
  revision: string;
  models: ModelEntry[];
  devices: DeviceEntry[];
  runtimes: { id: string; name: string }[];
  calibrated: string[];
}
