// Bun embeds a file that is imported as text, which the checker has to be told. Without a type of its own here, since that
// would be a default export; scripts.ts gives it one.
declare module '*.lua';
