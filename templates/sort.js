"use strict";
(function () {
  var tools = document.querySelector(".tools");
  var collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
  tools.hidden = false;
  tools.querySelector("input").addEventListener("input", function (event) {
    var wanted = event.target.value.trim().toLowerCase();
    document.querySelectorAll(".lists [data-found]").forEach(function (row) {
      row.hidden = wanted !== "" && row.textContent.toLowerCase().indexOf(wanted) < 0;
    });
  });
  function value(row, column) {
    var cell = row.cells[column];
    return (cell.dataset.sort || cell.firstChild.textContent || "").trim();
  }
  document.querySelectorAll("table.sort").forEach(function (table) {
    table.querySelectorAll("thead th").forEach(function (head, column) {
      var button = document.createElement("button");
      button.type = "button";
      while (head.firstChild) { button.appendChild(head.firstChild); }
      head.appendChild(button);
      button.addEventListener("click", function () {
        var up = head.getAttribute("aria-sort") !== "ascending";
        table.querySelectorAll("thead th").forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        var body = table.tBodies[0];
        Array.prototype.slice.call(body.rows).sort(function (a, b) {
          var x = value(a, column), y = value(b, column);
          return (up ? 1 : -1) * collator.compare(x.replace("\u2212", "-"), y.replace("\u2212", "-"));
        }).forEach(function (row) { body.appendChild(row); });
      });
    });
  });
})();
