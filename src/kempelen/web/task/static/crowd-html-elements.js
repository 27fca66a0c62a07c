// The elements of crowd-html-elements.js that forms are made of, written anew: crowd-form, crowd-input,
// crowd-text-area, crowd-checkbox, crowd-radio-group with crowd-radio-button, and crowd-button.
// docs/explanation/task-frame.md lists what each of them does, and which are not here.
(function () {
  "use strict";
  if (!window.customElements || customElements.get("crowd-form")) return;

  function parameter(name) {
    return new URLSearchParams(window.location.search).get(name) || "";
  }

  function define(name, connected) {
    customElements.define(name, class extends HTMLElement {
      connectedCallback() {
        if (this.crowdReady) return;
        this.crowdReady = true;
        // The children of an element that the parser has just begun are not there yet.
        var self = this;
        var work = function () { connected(self); };
        if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", work, { once: true });
        else work();
      }
    });
  }

  function carry(from, to, names) {
    names.forEach(function (name) {
      if (from.hasAttribute(name)) to.setAttribute(name, from.getAttribute(name));
    });
  }

  var count = 0;
  function labelled(element, field, text) {
    count += 1;
    field.id = field.id || "crowd-field-" + count;
    if (text) {
      var label = document.createElement("label");
      label.htmlFor = field.id;
      label.textContent = text;
      element.appendChild(label);
      element.appendChild(document.createTextNode(" "));
    }
    element.appendChild(field);
  }

  function typed(element, field, names) {
    carry(element, field, ["name", "placeholder", "required", "disabled"].concat(names));
    if (element.hasAttribute("max-length")) field.maxLength = Number(element.getAttribute("max-length"));
    if (element.hasAttribute("min-length")) field.minLength = Number(element.getAttribute("min-length"));
    if (element.hasAttribute("auto-focus")) field.autofocus = true;
    field.dataset.crowd = "text";
    field.value = element.getAttribute("value") || "";
    var pattern = element.getAttribute("allowed-pattern");
    field.addEventListener("input", function () {
      var wrong = pattern && field.value && !new RegExp("^(?:" + pattern + ")*$").test(field.value);
      field.setCustomValidity(wrong ? element.getAttribute("error-message") || "This is not what is asked for." : "");
    });
    labelled(element, field, element.getAttribute("label"));
    Object.defineProperty(element, "value", {
      get: function () { return field.value; },
      set: function (value) { field.value = value; },
      configurable: true
    });
  }

  define("crowd-input", function (element) {
    var field = document.createElement("input");
    field.type = element.getAttribute("type") || "text";
    typed(element, field, ["min", "max", "step"]);
  });

  define("crowd-text-area", function (element) {
    var field = document.createElement("textarea");
    typed(element, field, ["rows"]);
  });

  function ticked(element, type) {
    var field = document.createElement("input");
    field.type = type;
    carry(element, field, ["disabled", "checked", "required"]);
    field.value = element.getAttribute("value") || "on";
    field.name = element.getAttribute("name") || "";
    field.dataset.crowd = "ticked";
    var label = document.createElement("label");
    while (element.firstChild) label.appendChild(element.firstChild);
    label.insertBefore(document.createTextNode(" "), label.firstChild);
    label.insertBefore(field, label.firstChild);
    element.appendChild(label);
    Object.defineProperty(element, "checked", {
      get: function () { return field.checked; },
      set: function (value) { field.checked = value; },
      configurable: true
    });
    return field;
  }

  define("crowd-checkbox", function (element) { ticked(element, "checkbox"); });

  define("crowd-radio-button", function (element) {
    var field = ticked(element, "radio");
    field.addEventListener("change", function () {
      var group = element.closest("crowd-radio-group");
      if (!field.checked || !group) return;
      // Buttons of one group may have names of their own, so the browser does not know they belong together.
      group.querySelectorAll("input[type=radio]").forEach(function (each) { if (each !== field) each.checked = false; });
    });
  });

  define("crowd-radio-group", function (element) { element.setAttribute("role", "radiogroup"); });

  define("crowd-button", function (element) {
    var button = document.createElement("button");
    var action = element.getAttribute("form-action");
    button.type = action === "submit" || action === "reset" ? action : "button";
    carry(element, button, ["disabled"]);
    while (element.firstChild) button.appendChild(element.firstChild);
    element.appendChild(button);
    var address = element.getAttribute("href");
    if (address && /^https?:/i.test(address)) {
      button.addEventListener("click", function () { window.open(address, element.getAttribute("target") || "_blank", "noopener"); });
    }
  });

  // --- what a form says -----------------------------------------------------------------------------------

  function ticks(said, field) {
    if (typeof said[field.name] !== "object") said[field.name] = {};
    said[field.name][field.value] = field.checked;
  }

  function output(form) {
    var said = {};
    Array.from(form.elements).forEach(function (field) {
      if (!field.name || field.dataset.crowdOwn) return;
      if (field.type === "checkbox" || field.type === "radio") ticks(said, field);
      else if (["submit", "button", "reset", "image", "file"].indexOf(field.type) >= 0) return;
      else if (field.type === "select-multiple") {
        said[field.name] = Array.from(field.selectedOptions, function (option) { return option.value; });
      } else if (field.value !== "") said[field.name] = field.value;
    });
    return said;
  }

  function flat(value, name, into) {
    if (value !== null && typeof value === "object" && !Array.isArray(value)) {
      Object.keys(value).forEach(function (key) { flat(value[key], name ? name + "." + key : key, into); });
    } else {
      into[name] = typeof value === "string" ? value : JSON.stringify(value);
    }
    return into;
  }

  function own(form, name, value) {
    var field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    field.dataset.crowdOwn = "yes";
    form.appendChild(field);
  }

  function send(element, form) {
    var said = output(form);
    var assignment = parameter("assignmentId");
    if (!assignment) {
      var shown = document.createElement("pre");
      shown.textContent = JSON.stringify([said], null, 2);
      element.appendChild(shown);
      return;
    }
    if (assignment === "ASSIGNMENT_ID_NOT_AVAILABLE") {
      window.alert("This is a preview. Accept the task before you submit.");
      return;
    }
    var sent = document.createElement("form");
    sent.method = "post";
    sent.action = parameter("turkSubmitTo") + "/mturk/externalSubmit";
    sent.hidden = true;
    own(sent, "assignmentId", assignment);
    if (element.getAttribute("answer-format") === "flatten-objects") {
      var fields = flat(said, "", {});
      Object.keys(fields).forEach(function (name) { own(sent, name, fields[name]); });
    } else {
      own(sent, "taskAnswers", JSON.stringify([said]));
    }
    document.body.appendChild(sent);
    HTMLFormElement.prototype.submit.call(sent);
  }

  define("crowd-form", function (element) {
    var form = document.createElement("form");
    while (element.firstChild) form.appendChild(element.firstChild);
    element.appendChild(form);
    var hasButton = form.querySelector('crowd-button[form-action="submit"], button[type="submit"], input[type="submit"]');
    if (!hasButton) {
      var button = document.createElement("button");
      button.type = "submit";
      button.textContent = "Submit";
      form.appendChild(button);
    }
    form.addEventListener("submit", function (event) {
      if (event.defaultPrevented) return;
      Event.prototype.preventDefault.call(event);
      // The page's own listeners, on the element or above it, may still say no.
      setTimeout(function () { if (!event.crowdRefused) send(element, form); }, 0);
    });
    element.submit = function () { send(element, form); };
    element.addEventListener("submit", function (event) {
      var refuse = event.preventDefault.bind(event);
      event.preventDefault = function () { event.crowdRefused = true; refuse(); };
    }, true);
  });

  function announce() {
    document.dispatchEvent(new Event("all-crowd-elements-ready"));
  }
  if (document.readyState === "complete") setTimeout(announce, 0);
  else window.addEventListener("load", announce, { once: true });
})();
