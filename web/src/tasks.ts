import { fetched, inspect, knownPreset, printed } from './preset';

/** What only the whole engine can do, by name. */
export const tasks = { inspect, fetched, printed, knownPreset };
export type Task = keyof typeof tasks;
/** What a task is given, and what it gives. */
export type Given<T extends Task> = Parameters<(typeof tasks)[T]>[1];
export type Done<T extends Task> = Awaited<ReturnType<(typeof tasks)[T]>>;
