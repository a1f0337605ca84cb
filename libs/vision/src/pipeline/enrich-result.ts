import type { SceneFindings, VisionResult } from '@jiga/contracts';

/** A local result with what a remote model said about the scene, marked as its own. Nothing that was read here changes. */
export function enrichResult(result: VisionResult, findings: SceneFindings | null): VisionResult {
  if (!findings) return result;
  const { provider, description, confidence, game, detections, ageMs } = findings;
  return {
    ...result,
    scene: { description, confidence, game, provider, age_ms: Math.round(ageMs) },
    detections: [...result.detections, ...detections.map((detection) => ({ ...detection, provider }))],
    metadata: { ...result.metadata, provider: `${result.metadata.provider}+${provider}` },
  };
}
