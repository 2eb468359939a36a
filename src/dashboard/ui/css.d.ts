// Styles are imported for the bundler; there is no value in them.
declare module '*.css';
