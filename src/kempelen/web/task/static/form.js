// What a QuestionForm asks of its answers, checked before they are sent. The server checks the same again.
(function () {
  "use strict";
  var NUMBER = /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$/;

  function fault(checks, text) {
    if (checks.number) {
      var written = text.trim();
      var value = Number(written);
      if (!NUMBER.test(written) || (checks.number[0] !== null && value < checks.number[0]) ||
          (checks.number[1] !== null && value > checks.number[1])) return checks.numeric;
    }
    if (checks.length) {
      var length = Array.from(text.replace(/\r\n/g, "\n")).length;
      if ((checks.length[0] !== null && length < checks.length[0]) ||
          (checks.length[1] !== null && length > checks.length[1])) return checks.long;
    }
    var broken = (checks.formats || []).find(function (format) {
      try { return !new RegExp(format[0], format[1]).test(text); } catch (error) { return false; }
    });
    return broken ? broken[2] : "";
  }

  function textOf(question) {
    return question.querySelector(".other input, .other textarea");
  }

  function chosen(question) {
    var fields = question.querySelectorAll("input[type=radio]:checked, input[type=checkbox]:checked");
    var options = Array.from(question.querySelectorAll("option:checked")).filter(function (option) { return option.value; });
    return fields.length + options.length;
  }

  function check(question) {
    var checks = JSON.parse(question.dataset.checks);
    var field = question.querySelector("input, select, textarea");
    if (!field) return;
    var message = "";
    if (checks.bytes) {
      var file = field.files && field.files[0];
      if (file && (file.size < checks.bytes[0] || file.size > checks.bytes[1])) message = checks.size;
    } else if (checks.choices) {
      var other = textOf(question);
      var typed = other && other.value ? 1 : 0;
      var count = chosen(question) + typed;
      if (count === 0) message = checks.required ? checks.answer : "";
      else if (count < checks.choices[0] || count > checks.choices[1]) message = checks.count;
      if (other) other.setCustomValidity(typed ? fault(checks, other.value) : "");
    } else {
      message = field.value ? fault(checks, field.value) : "";
    }
    field.setCustomValidity(message);
  }

  // One of many: a text of one's own and a choice exclude each other.
  function settle(question, changed) {
    var checks = JSON.parse(question.dataset.checks);
    var other = textOf(question);
    if (!checks.choices || checks.choices[1] > 1 || !other) return;
    if (changed === other && other.value) {
      question.querySelectorAll("input[type=radio]").forEach(function (each) { each.checked = false; });
      question.querySelectorAll("select").forEach(function (each) { each.value = ""; });
    } else if (changed !== other && chosen(question)) {
      other.value = "";
    }
  }

  document.querySelectorAll("form.question-form").forEach(function (form) {
    var questions = Array.from(form.querySelectorAll("[data-checks]"));
    questions.forEach(check);
    function changed(event) {
      var question = event.target.closest("[data-checks]");
      if (!question) return;
      settle(question, event.target);
      check(question);
    }
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    var problems = form.querySelector(".problems");
    if (problems) problems.focus();
  });
})();
