// How the preview page moves: it asks for the statistics twice a second, and keeps the stream alive.

extension PreviewPage {
    static let script = #"""
        'use strict';
        const $ = id => document.getElementById(id);
        const picture = $('picture'), stage = $('stage'), state = $('state'), notice = $('notice');
        const kept = 120, delays = [];
        let paused = false, streaming = false, retry = 0;

        function play() {
          if (paused || document.hidden || streaming) return;
          streaming = true;
          picture.src = '/stream?' + Date.now();
        }
        function stop() {
          streaming = false;
          picture.removeAttribute('src');
        }
        picture.onerror = () => {
          if (!streaming) return;
          stop();
          say('No picture at the moment. Trying again.');
          clearTimeout(retry);
          retry = setTimeout(play, 2000);
        };
        picture.onload = () => { if (state.dataset.state === 'running') say(''); };

        function say(text) {
          notice.hidden = !text;
          notice.textContent = text;
          stage.classList.toggle('dim', !!text);
        }
        function show(kind, text) {
          state.dataset.state = kind;
          if (state.lastElementChild.textContent !== text) state.lastElementChild.textContent = text;
        }
        const number = (value, digits) => value.toLocaleString('en', {
          minimumFractionDigits: digits, maximumFractionDigits: digits });
        const short = value => number(value, value < 99.95 ? 1 : 0);

        function draw(delay) {
          delays.push(delay);
          if (delays.length > kept) delays.shift();
          const span = Math.max(delays.length, 20), first = span - delays.length;
          const top = Math.max(...delays, 1) * 1.15, step = 240 / (span - 1);
          const points = delays.map((d, i) => `${((first + i) * step).toFixed(1)},${(54 - 52 * d / top).toFixed(1)}`);
          const line = 'M' + points.join('L');
          $('chart').children[1].setAttribute('d', line);
          $('chart').children[0].setAttribute('d', `${line}L240,56L${(first * step).toFixed(1)},56Z`);
          $('peak').textContent = `at most ${short(Math.max(...delays))} ms`;
        }

        function list(objects) {
          $('count').textContent = objects.length || '';
          const items = objects.slice(0, 8).map(object => {
            const item = document.createElement('li'), name = document.createElement('b');
            const score = document.createElement('span'), bar = document.createElement('i');
            name.textContent = object.label;
            if (object.id) {
              const id = document.createElement('small');
              id.textContent = '#' + object.id;
              name.append(id);
            }
            score.textContent = number(object.score, 2);
            bar.style.setProperty('--share', object.score);
            item.append(name, score, bar);
            return item;
          });
          if (!items.length) {
            const item = document.createElement('li');
            item.className = 'none';
            item.textContent = 'nothing';
            items.push(item);
          }
          $('objects').replaceChildren(...items);
        }

        function duration(seconds) {
          const s = Math.floor(seconds), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
          return (h ? h + ' h ' : '') + (h || m ? m + ' min ' : '') + s % 60 + ' s';
        }

        function update(r) {
          $('source').textContent = r.source;
          $('model').textContent = r.model;
          $('uptime').textContent = `running for ${duration(r.seconds)}` +
            (r.recorded === undefined ? '' : ` · ${number(r.recorded, 0)} saved`);
          $('detection').textContent = number(r.detectionRate, 1);
          $('camera').textContent = `camera ${number(r.sourceRate, 1)}`;
          $('inference').textContent = short(r.inference.median);
          $('inference99').textContent = `p99 ${short(r.inference.p99)}`;
          $('latency').textContent = short(r.latency.median);
          $('latency99').textContent = `p99 ${short(r.latency.p99)}`;
          $('skipped').textContent = number(r.skipped, 0);
          $('frames').textContent = `of ${number(r.frames, 0)} frames` + (r.still ? `, ${number(r.still, 0)} still` : '') +
            (r.damaged ? `, ${number(r.damaged, 0)} damaged` : '');
          list(r.objects);
          draw(r.delay);
          if (r.state === 'lost') {
            const text = `camera lost, waiting for it (${Math.floor(r.lostSeconds)} s)`;
            show('lost', 'camera lost');
            say(text[0].toUpperCase() + text.slice(1));
          } else if (r.state === 'ended') {
            show('ended', 'ended');
            say('The session has ended.');
          } else {
            if (state.dataset.state !== 'running') say('');
            show('running', paused ? 'paused' : 'live');
          }
        }

        async function ask() {
          try {
            const answer = await fetch('/statistics', { cache: 'no-store', signal: AbortSignal.timeout(3000) });
            const report = await answer.json();
            if (state.dataset.state === 'away') stop();
            if ('frames' in report) update(report);
            play();
          } catch {
            show('away', 'not connected');
            say('The connection to ocellus is gone. Trying again.');
          }
          setTimeout(ask, document.hidden ? 2000 : 500);
        }

        $('pause').onclick = event => {
          paused = !paused;
          event.currentTarget.setAttribute('aria-pressed', paused);
          if (paused) hold(); else play();
        };
        // The last picture stays while the stream is closed.
        function hold() {
          const canvas = document.createElement('canvas');
          canvas.width = picture.naturalWidth;
          canvas.height = picture.naturalHeight;
          canvas.getContext('2d').drawImage(picture, 0, 0);
          streaming = false;
          picture.src = canvas.toDataURL('image/jpeg', .92);
        }
        $('full').onclick = () => document.fullscreenElement ? document.exitFullscreen() : stage.requestFullscreen?.();
        // Nobody looks: nothing need be encoded.
        document.onvisibilitychange = () => { if (!paused) { if (document.hidden) stop(); else play(); } };
        ask();
        """#
}
