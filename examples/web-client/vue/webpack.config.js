import { VueLoaderPlugin } from 'vue-loader';
import webpack from 'webpack';

export default {
  mode: 'production',
  entry: './src/main.js',
  output: { path: `${import.meta.dirname}/dist`, filename: 'main.js' },
  resolve: { alias: { 'amazon-ivs-web-broadcast': '@proscenium/web-broadcast' } },
  module: { rules: [{ test: /\.vue$/, loader: 'vue-loader' }] },
  experiments: { css: true },
  plugins: [
    new VueLoaderPlugin(),
    new webpack.DefinePlugin({
      __VUE_OPTIONS_API__: false,
      __VUE_PROD_DEVTOOLS__: false,
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: false,
    }),
  ],
};
