// An app: one customer of this server, with keys, switches and limits of its own.
import type { AppId } from '../protocol/ids.ts';
import { Signer } from '../protocol/signatures.ts';
import type { WebhookSettings } from './facts.ts';
import type { AppLimits } from './limits.ts';

/** What the configuration or the store says of an app. */
export interface AppSettings {
  readonly id: AppId;
  readonly name: string;
  readonly enabled: boolean;
  /** The active key pairs; the first one is the oldest. Never empty. */
  readonly keys: readonly KeyPair[];
  /** Origins that a browser's page may connect from; empty admits every origin. */
  readonly allowedOrigins: readonly string[];
  /** Clients may publish on private and presence channels. */
  readonly clientEvents: boolean;
  /** Subscribers are told how many they are. */
  readonly subscriptionCount: boolean;
  /** A refused subscription is told to the channel as well, not only to the connection. */
  readonly subscriptionErrors: boolean;
  /** Connections without TLS are closed with 4000. */
  readonly tlsOnly: boolean;
  readonly userAuthentication: UserAuthentication;
  readonly limits: AppLimits;
  readonly webhooks: readonly WebhookSettings[];
}

export interface KeyPair {
  readonly key: string;
  readonly secret: string;
}

export interface UserAuthentication {
  /** `pusher:signin` is accepted. */
  readonly enabled: boolean;
  /** A connection that neither signs in nor joins an authorized channel in time is closed with 4009. */
  readonly required: boolean;
  readonly timeoutSeconds: number;
}

/** An app as the running server knows it: the settings, and what is made of them once. */
export interface App {
  readonly settings: AppSettings;
  readonly id: AppId;
  /** The account whose quotas it counts for; null for an app of the configuration, which nobody owns. */
  readonly ownerId: string | null;
  readonly limits: AppLimits;
  /** Key → signer with its secret. */
  readonly signers: ReadonlyMap<string, Signer>;
}

export function createApp(settings: AppSettings, ownerId: string | null = null): App {
  const signers = new Map(settings.keys.map(({ key, secret }) => [key, new Signer(secret)]));
  return { settings, id: settings.id, ownerId, limits: settings.limits, signers };
}
