import type { FeatureSpec } from './spec.js';

/** What somebody's words were taken to mean. */
export type FeatureAnalysis = {
  features: FeatureSpec[];
  /** One line for each thing that the words said. */
  understood: string[];
  /** Words that changed nothing. */
  ignored: string[];
  /** Share of the words that mean something which was understood, 0 … 1. */
  confidence: number;
};

/**
 * Turns plain words into specs. The one that is built in works by rules (`analyseRequest`); one by a language model goes
 * into its place, and what it answers passes the same schema: words never become code.
 */
export interface FeatureAnalyser {
  readonly name: string;
  /** @throws GraveshiftError `InvalidInput` that says what can be asked for, when nothing was understood */
  analyse(words: string, options: { seed: number; signal?: AbortSignal }): Promise<FeatureAnalysis>;
}
