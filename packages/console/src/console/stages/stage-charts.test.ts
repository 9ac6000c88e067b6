import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMetrics } from '../server/metric-samples.ts';
import { stageCharts } from './stage-charts.ts';

const text = (bitrate: number) => `
ivs_realtime_publishers{account="1",region="r",stage="s1"} 2
ivs_realtime_publishers{account="1",region="r",stage="s2"} 9
ivs_realtime_publish_bitrate{account="1",region="r"} 5
ivs_realtime_publish_bitrate{account="1",region="r",stage="s1"} 7
ivs_realtime_publish_bitrate{account="1",region="r",stage="s1",participant="p1",simulcast_layer="hi",media_type="video"} ${bitrate}
ivs_realtime_publish_bitrate{account="1",region="r",stage="s1",participant="p1",simulcast_layer="none",media_type="audio"} 64000
ivs_realtime_publish_bitrate{account="1",region="r",stage="s2",participant="p9",simulcast_layer="none",media_type="audio"} 1
ivs_realtime_publish_framerate{account="1",region="r",stage="s1",participant="p1"} 30
ivs_realtime_publish_framerate{account="1",region="r",stage="s1",participant="p1",simulcast_layer="hi",media_type="video"} 30
ivs_realtime_download_packet_loss{account="1",region="r",stage="s1",platform="web"} 50
ivs_realtime_download_packet_loss{account="1",region="r",stage="s1"} 0.5
`;
const readings = [
  { atMs: 0, samples: readMetrics('') },
  { atMs: 1, samples: readMetrics(text(1_000_000)) },
];
const charts = stageCharts(readings, 's1', (id) => `name of ${id}`);
const seriesOf = (title: string) => charts.find((chart) => chart.title === title)?.series;

test('a participant’s line is the sum of its layers and its audio, and has its name', () => {
  assert.deepEqual(seriesOf('Published, all layers'), [{ name: 'name of p1', values: [undefined, 1_064_000] }]);
  assert.deepEqual(seriesOf('Published frame rate'), [{ name: 'name of p1', values: [undefined, 30] }]);
});

test('figures of a stage are of that stage alone, and of no other set of dimensions', () => {
  assert.deepEqual(seriesOf('Publishers and subscribers')?.[0], { name: 'Publishers', values: [undefined, 2] });
  assert.deepEqual(seriesOf('Lost on the way to subscribers')?.[0], { name: 'Packets', values: [undefined, 0.5] });
});
