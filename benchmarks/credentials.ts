// The one app that every server under measurement knows.
export const credentials = {
  appId: '1001',
  key: 'app-key',
  secret: 'app-secret',
} as const;
