export default {
  output: 'export',
  turbopack: {
    root: import.meta.dirname,
    resolveAlias: { 'amazon-ivs-web-broadcast': '@proscenium/web-broadcast' },
  },
};
