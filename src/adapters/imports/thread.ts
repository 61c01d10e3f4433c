/** The thread that reads one file of others and ends with it (import-files.ts starts it). */
import { parentPort, workerData } from 'node:worker_threads';
import type { ImportTool } from '../../domain/imports/rows.ts';
import { readFile } from './read-file.ts';

export interface Order {
  readonly path: string;
  readonly tool: ImportTool;
  readonly now: Date;
}

const { path, tool, now } = workerData as Order;
parentPort?.postMessage(readFile(path, tool, now));
