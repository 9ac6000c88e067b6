/** A worker that ticks 30 times a second: browsers slow down the timers of pages in the background, not those of workers. */
setInterval(() => postMessage(undefined), 1000 / 30);
