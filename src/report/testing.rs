pub(super) fn x(){}
