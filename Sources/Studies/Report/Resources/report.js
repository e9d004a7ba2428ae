// Mosaics tell about the filter under the pointer, and mark the same place in the others.
(function () {
  "use strict";
  var mosaics = Array.from(document.querySelectorAll(".mosaic"));
  mosaics.forEach(function (mosaic) {
    mosaic.info = JSON.parse(mosaic.dataset.filters);
    mosaic.frame = mosaic.querySelector("i");
    mosaic.readout = mosaic.parentNode.querySelector(".readout");
  });

  function show(position, chosen) {
    mosaics.forEach(function (mosaic) {
      var info = mosaic.info;
      var filter = mosaic === chosen || info.linked ? info.filters[position] : undefined;
      mosaic.frame.style.display = filter ? "block" : "none";
      mosaic.readout.textContent = filter ? filter : info.hint;
      if (!filter) { return; }
      var column = position % info.columns;
      var row = (position - column) / info.columns;
      mosaic.frame.style.left = 100 * (info.left + column * info.stepX) + "%";
      mosaic.frame.style.top = 100 * (info.top + row * info.stepY) + "%";
      mosaic.frame.style.width = 100 * info.width + "%";
      mosaic.frame.style.height = 100 * info.height + "%";
    });
  }

  mosaics.forEach(function (mosaic) {
    var current = -1;
    function point(event) {
      var box = mosaic.getBoundingClientRect();
      var info = mosaic.info;
      var column = Math.floor(((event.clientX - box.left) / box.width - info.left) / info.stepX);
      var row = Math.floor(((event.clientY - box.top) / box.height - info.top) / info.stepY);
      var inside = column >= 0 && column < info.columns && row >= 0;
      current = inside ? row * info.columns + column : -1;
      show(current, mosaic);
    }
    mosaic.addEventListener("pointermove", point);
    mosaic.addEventListener("pointerdown", point);
    mosaic.addEventListener("keydown", function (event) {
      var steps = {
        ArrowRight: 1, ArrowLeft: -1, ArrowDown: mosaic.info.columns,
        ArrowUp: -mosaic.info.columns
      };
      if (!(event.key in steps)) { return; }
      event.preventDefault();
      var last = mosaic.info.filters.length - 1;
      current = Math.min(last, Math.max(0, current + steps[event.key]));
      show(current, mosaic);
    });
  });
  show(-1, null);
})();
