declare module '*.css' {
  /** The style sheet's text (esbuild's `text` loader). */
  const text: string;
  export { text as default };
}
