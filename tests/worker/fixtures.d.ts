declare module 'virtual:fixtures' {
  const files: Record<string, string>
  export default files
}
