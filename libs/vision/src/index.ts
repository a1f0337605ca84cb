export type * from './types.js';
export { GAME_KNOWLEDGE_TABLE } from './knowledge/game-knowledge.js';
export { createVisionEngine } from './pipeline/create-vision-engine.js';
export { SKILLS, type SkillId } from './pipeline/skills.js';
export type { PublishVision } from './pipeline/vision-session.js';
export { VisionEngine } from './pipeline/vision.engine.js';
export { PROFILES, profileById } from './profiles/profile.registry.js';
export type { GameProfile, RegionProfile } from './profiles/profile.types.js';
export { VisionModule } from './vision.module.js';
