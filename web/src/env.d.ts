declare module 'edgewise/edgewise-engine.wasm?url' {
  const url: string;
  export default url;
}
