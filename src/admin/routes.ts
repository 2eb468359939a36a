// All routes of the admin API, by the name of what they do.
import type { Routes } from './route.ts';
import { accountRoutes, ownRoutes, sessionRoutes } from './routes-accounts.ts';
import { appRoutes, keyRoutes, memberRoutes } from './routes-apps.ts';
import { channelRoutes, liveRoutes } from './routes-live.ts';
import { webhookRoutes } from './routes-webhooks.ts';

export const API_PATH = '/api/v1';

export const ROUTES = {
  ...sessionRoutes,
  ...ownRoutes,
  ...accountRoutes,
  ...appRoutes,
  ...keyRoutes,
  ...memberRoutes,
  ...webhookRoutes,
  ...liveRoutes,
  ...channelRoutes,
} as const satisfies Routes;
