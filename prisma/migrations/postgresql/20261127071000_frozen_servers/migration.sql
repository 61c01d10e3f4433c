-- AlterTable
ALTER TABLE "Server" ADD COLUMN     "frozenAt" TIMESTAMP(3),
ADD COLUMN     "frozenWhy" TEXT;
