// The settings of an engine under test: no bound on strangers, unless a test sets one.
import type { EngineSettings } from '../../src/engine/engine.ts';

export const ENGINE_SETTINGS: EngineSettings = {
  activityTimeoutSeconds: 120,
  pongTimeoutSeconds: 30,
  inactiveTimeoutSeconds: 86_400,
  maxConnections: 1_000_000,
  backlogBytes: 1_048_576,
  backlogTotalBytes: 268_435_456,
  connectRate: 0,
  connectionsPerAddress: 0,
  clientMessageRate: 0,
  clientByteRate: 0,
  subscriptionRate: 0,
  badAuthRate: 0,
  badRequestRate: 0,
  overloadLagMs: 0,
  overloadMemoryBytes: 0,
  signatureWindowSeconds: 600,
};
