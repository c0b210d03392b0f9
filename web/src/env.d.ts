declare module 'edgewise/*.wasm?url' {
  const url: string;
  export default url;
}
