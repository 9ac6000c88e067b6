/** A worker that ticks at the rate that its address asks for: browsers slow down the timers of pages that are not in front. */
const framesPerSecond = Number(new URLSearchParams(location.search).get('framesPerSecond'));
setInterval(() => postMessage(0), 1000 / framesPerSecond);
