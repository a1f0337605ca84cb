import type { Box, Detection } from '@jiga/contracts';

import type { ModelCall, ModelUsage } from './model-call.js';

/** A picture that a model is asked about. */
export interface VisionRequest {
  /** JPEG. */
  readonly picture: Uint8Array;
  /** In pixels, of the picture as it is sent. */
  readonly width: number;
  readonly height: number;
  /** What to look for, in plain words, such as "name the game and describe the scene". */
  readonly question: string;
  /** What is known already, such as the game and what its HUD says; null = nothing. */
  readonly context: string | null;
  readonly maxOutputTokens: number;
}

/** What a model says it sees. What it did not see is null or absent; every confidence is its own, 0–1. */
export interface VisionFindings {
  readonly game: { readonly name: string; readonly confidence: number } | null;
  readonly scene: { readonly description: string; readonly confidence: number } | null;
  readonly detections: readonly {
    readonly label: string;
    readonly category: Detection['category'];
    readonly confidence: number;
    /** Null when it cannot say where. */
    readonly box: Box | null;
  }[];
  readonly texts: readonly { readonly text: string; readonly confidence: number; readonly box: Box | null }[];
}

export interface VisionAnswer {
  readonly findings: VisionFindings;
  readonly usage: ModelUsage;
}

/** Looks at a picture. */
export interface VisionProvider {
  /** Rejects with ProviderError, once; it never tries again by itself. */
  look(request: VisionRequest, call: ModelCall): Promise<VisionAnswer>;
}
